"""FACTS: what is known of the organisations that a state body manages, as it was reported.

Nobody reports a score. A fact says what is so of one organisation in one reporting period (a calendar year), where that
stands, of which day it is and who reported it. `key` names what a fact is about: two facts of one organisation with the
same key and different `said` contradict each other.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.scoring.sheet.numbers import plain, written
from shared.identity.number import Bin, parse_bin

Kind = Literal["state-institution", "state-enterprise", "joint-stock-company", "llp"]
"""State institution or enterprise; joint-stock company or limited-liability partnership that the state controls."""
Norm = Literal["areas", "cars", "telephones-furniture", "special-vehicles"]
"""A norm whose keeping the state financial control bodies audit; which act states it depends on the organisation's kind."""

TENGE = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?$"
MEASURE = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?$"
Number = Annotated[Bin, AfterValidator(parse_bin), WithJsonSchema({"type": "string", "pattern": "^[0-9]{12}$"})]
"""BIN: twelve digits, the last of which checks the others."""
Tenge = Annotated[
    Decimal,
    BeforeValidator(written(TENGE)),
    PlainSerializer(plain),
    WithJsonSchema({"type": "string", "pattern": TENGE}),
]
"""An exact amount in tenge, a decimal string: never a floating-point number."""
Due = Annotated[
    Decimal,
    BeforeValidator(written(TENGE.replace("-?", ""))),
    PlainSerializer(plain),
    WithJsonSchema({"type": "string", "pattern": TENGE.replace("-?", "")}),
]
"""An amount in tenge that is never negative."""
Measure = Annotated[
    Decimal,
    BeforeValidator(written(MEASURE)),
    PlainSerializer(plain),
    WithJsonSchema({"type": "string", "pattern": MEASURE}),
]
"""A value of an indicator in its own unit, a decimal string."""
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


def _in_order(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """A list whose order says nothing, always in the same order."""
    return tuple(sorted(items, key=lambda item: item.model_dump_json()))


def _said(name: str, kind: str) -> dict[str, Any]:
    """JSON Schema for a field that is given."""
    return {"required": [name], "properties": {name: {"type": kind}}}


class Data(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Source(Data):
    """Where a fact is to be read: a document, a register or an audit, with its number or place there."""

    kind: Literal["document", "register", "audit"]
    reference: Said


class Reported(Data):
    """What all facts have: source, the day of the fact, the reporter (an account or position, no person's name).

    `assumed`: the reason for which the fact was assumed where it is missing or contradictory; only then it may lack a source.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": [_said("source", "object"), _said("assumed", "string")]})

    date: date
    reporter: Said
    source: Source | None = None
    assumed: Said | None = None

    @model_validator(mode="after")
    def has_its_source(self) -> Self:
        if self.source is None and self.assumed is None:
            raise PydanticCustomError("no_source", "name the source, or give the reason for which the fact is assumed")
        return self

    @property
    def key(self) -> str:
        """What the fact is about."""
        return str(self.model_dump(include={"fact"})["fact"])

    @property
    def said(self) -> str:
        """What the fact says, apart from where it stands and who reported it; equal texts say the same."""
        return self.model_dump_json(exclude=set(Reported.model_fields))


class NetResult(Reported):
    """The net result of a year in tenge, negative for a loss; null, for the year before alone: the
    organisation didn't exist then."""

    fact: Literal["net-result"]
    year: int = Field(ge=1991, le=9998)
    amount: Tenge | None

    @property
    def key(self) -> str:
        return f"{self.fact}:{self.year}"


class Payment(Data):
    """One payment into the budget."""

    on: date
    amount: Due


class Transfer(Reported):
    """The share of net income, or the dividends (income) on the state's shares or interest, that was due in the period.

    `due`: tenge, 0 where nothing was due. `due_by`: the last day, in the period. `payments`: what was paid, when; any order.
    """

    fact: Literal["transfer"]
    due: Due
    due_by: date | None
    payments: Annotated[tuple[Payment, ...], AfterValidator(_in_order)] = Field(strict=False)

    @model_validator(mode="after")
    def names_its_last_day(self) -> Self:
        if self.due > 0 and self.due_by is None:
            raise PydanticCustomError("no_last_day", "give due_by, the day by which it was to be paid")
        return self


class Audit(Data):
    """One audit by a state financial control body: its day and how many violations of the norm it established."""

    on: date
    violations: Count


class Audits(Reported):
    """All audits of one norm in the period (in its year); an empty list says that there was none."""

    fact: Literal["audits"]
    norm: Norm
    audits: Annotated[tuple[Audit, ...], AfterValidator(_in_order)] = Field(strict=False)

    @property
    def key(self) -> str:
        return f"{self.fact}:{self.norm}"


class Objects(Reported):
    """How many objects on the balance still had to be inventoried, passported or revalued at the period's end."""

    fact: Literal["objects"]
    inventory: Count
    passporting: Count
    revaluation: Count


class Submission(Data):
    """A plan or report to be given to the register of state property: the last day, and when it was given (null: never)."""

    due_by: date
    given_on: date | None


class Plans(Reported):
    """Approved development plans, corrected ones too, to be given to the register in the period; empty: none was due."""

    fact: Literal["plans"]
    submissions: Annotated[tuple[Submission, ...], AfterValidator(_in_order)] = Field(strict=False)


class Reports(Reported):
    """Reports on the plans' execution to be given to the register in the period; empty: none was due."""

    fact: Literal["reports"]
    submissions: Annotated[tuple[Submission, ...], AfterValidator(_in_order)] = Field(strict=False)


class PlanQuality(Reported):
    """Whether the approved plan sets key indicators that can be measured and are tied to the state body's strategic plan
    (territorial development plan). Without an approved plan both are false."""

    fact: Literal["plan-quality"]
    measurable: bool
    tied: bool


class Indicator(Data):
    """One key indicator of the development plan: planned and reached; `better`: whether more or less of it is better, which
    no default may say."""

    name: Said
    planned: Measure
    reached: Measure
    better: Literal["more", "less"]


class Indicators(Reported):
    """The key indicators of the period; empty: the plan sets none, and then none is measurable or tied."""

    fact: Literal["indicators"]
    indicators: Annotated[tuple[Indicator, ...], AfterValidator(_in_order)] = Field(strict=False)


class Solvency(Reported):
    """Whether the organisation could meet its payments at the period's end."""

    fact: Literal["solvency"]
    solvent: bool


Fact = Annotated[
    NetResult | Transfer | Audits | Objects | Plans | Reports | PlanQuality | Indicators | Solvency,
    Field(discriminator="fact"),
]
"""What is reported of an organisation."""


class Organisation(Data):
    """A managed organisation with everything reported of it in one period. `name`: the official one; `region`: its code."""

    bin: Number
    name: Said
    kind: Kind
    region: Said
    facts: tuple[Fact, ...] = Field(default=(), strict=False)


class Facts(Data):
    """The organisations of one state body in one reporting period, a calendar year."""

    period: int = Field(ge=1992, le=9998)
    organisations: tuple[Organisation, ...] = Field(strict=False)
