"""The format of an evaluation's data: the scale (annex 1) and the parts of the sheet (annex 2), row by row."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from services.scoring.sheet.facts import Kind, Norm
from shared.procedure.basics import Code, Data, Names, Paragraph
from shared.procedure.format import Contradiction

Asks = Literal[
    "net-result", "transfer", "audits", "objects", "plans", "reports", "plan-quality", "indicators", "solvency"
]
"""What a criterion asks of each organisation, named as the fact that answers it."""
Rule = Literal["share-of-organisations", "all-or-nothing", "compared-with-last-year", "violated-none-or-not-audited"]
"""How the outcome follows from the count of the answers."""
Number = Annotated[str, StringConstraints(pattern=r"^[1-9]\d?(\.[1-9]\d?)?$")]

OUTCOMES: dict[Rule, tuple[str, ...]] = {
    "all-or-nothing": ("all", "not-all"),
    "compared-with-last-year": ("none", "fewer", "not-fewer"),
    "violated-none-or-not-audited": ("none", "not-audited", "violated"),
}
"""The outcomes that a rule can have, best first. A share has as many as the data say."""
CHOICES: dict[str, frozenset[str]] = {
    "no-organisation": frozenset({"not-enough-data", "as-counted"}),
    "last-year-unknown": frozenset({"not-enough-data", "as-not-negative"}),
    "some-audited": frozenset({"none", "not-audited"}),
    "objects-counted": frozenset({"passporting", "all-three"}),
    "given-late": frozenset({"given", "not-given"}),
    "nothing-due": frozenset({"none-failed", "not-enough-data"}),
    "equal-counts": frozenset({"not-fewer", "fewer"}),
}
"""What the calculation has to know beside the criteria, and the answers that it understands."""
FILLED = ("outcome", "paragraph", "against", "kept", "apart", "missing", "before", "all")
"""What a reason may have filled in."""


class Question(Data):
    asks: Asks
    norm: Norm | None = None

    @model_validator(mode="after")
    def names_a_norm_for_audits_alone(self) -> Self:
        if (self.norm is not None) != (self.asks == "audits"):
            raise ValueError("a norm goes with audits, and with nothing else")
        return self


class Scored(Data):
    """An outcome with its points, as printed; `read_as`: what it must mean where the print can't be meant.
    `at_most`: the greatest share of organisations that failed, for a rule of shares."""

    code: Code
    points: int = Field(ge=0, le=100)
    at_most: Decimal | None = Field(default=None, ge=0, le=1)
    says: Names
    read_as: Names | None = None


class Heading(Data):
    """A numbered line. `follows`: the contradictions of the text that it is written by, each with the reading that it follows."""

    number: Number
    paragraph: Paragraph
    title: Names
    follows: dict[Code, str] = Field(default_factory=dict)


class Criterion(Heading):
    """A criterion of annex 1: question, rule, and the outcomes best first. `cites`: the norm that it rests on."""

    cites: Names | None = None
    question: Question
    rule: Rule
    outcomes: tuple[Scored, ...] = Field(min_length=2)

    @property
    def max(self) -> int:
        return max(scored.points for scored in self.outcomes)

    def scored(self, code: str) -> Scored:
        return next(scored for scored in self.outcomes if scored.code == code)

    @model_validator(mode="after")
    def has_the_outcomes_of_its_rule(self) -> Self:
        codes = tuple(scored.code for scored in self.outcomes)
        if codes != OUTCOMES.get(self.rule, codes):
            raise ValueError(f"{self.rule} has the outcomes {', '.join(OUTCOMES[self.rule])}, in this order")
        points = [scored.points for scored in self.outcomes]
        if points != sorted(points, reverse=True):
            raise ValueError("outcomes stand best first, so their points never rise")
        return self

    @model_validator(mode="after")
    def bounds_every_share(self) -> Self:
        bounds = [scored.at_most for scored in self.outcomes]
        if self.rule != "share-of-organisations":
            if any(bound is not None for bound in bounds):
                raise ValueError("at_most goes with a rule of shares alone")
        elif None in bounds or bounds[-1] != 1 or bounds != sorted(set(bounds), key=lambda b: b or 0):
            raise ValueError("each outcome says at_most, rising, and the last is 1")
        return self

    @model_validator(mode="after")
    def compares_what_has_a_year(self) -> Self:
        if self.rule == "compared-with-last-year" and self.question.asks != "net-result":
            raise ValueError("only a net result is of a year; nothing else can be compared with the year before")
        return self


class Told(Data):
    """What a fact is called, and from whom it is to be had."""

    what: Names
    whom: Names


class Scale(Data):
    """Annex 1, with what the text leaves open. `facts`: by the fact's name, and `organisation` for one at all. `choices`: what
    the calculation asks; `contradictions`: what criteria and rows are written by."""

    parts: tuple[Code, ...] = Field(min_length=1)
    facts: dict[Asks | Literal["organisation"], Told]
    reasons: dict[Rule | Literal["not-enough-data"], Names]
    headings: tuple[Heading, ...] = ()
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    choices: tuple[Contradiction, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def chosen(self) -> dict[str, str]:
        """The answer in use for each choice."""
        return {choice.code: choice.in_use for choice in self.choices}

    def criterion(self, number: str) -> Criterion:
        return next(c for c in self.criteria if c.number == number)


class Line(Heading):
    """A row of the sheet. `scored_by`: the number of the criterion that gives its points; a heading has none."""

    scored_by: Number | None = None
    cites: Names | None = None


class Part(Data):
    """A part of the sheet, over the organisations of one kind. `max`: the greatest total."""

    code: Code
    kind: Kind
    title: Names
    max: int = Field(ge=1)
    rows: tuple[Line, ...] = Field(min_length=1)
