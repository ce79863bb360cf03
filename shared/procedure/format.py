"""The format of a regulation: what a lawyer writes as YAML and every service runs.

An action is what the text says: who, within which time, from which moment. It is carried by one or more steps, which is
what services do. Anything unknown is refused.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.calendar.term import Term
from shared.identity.roles import Role
from shared.procedure.basics import After as After
from shared.procedure.basics import Code as Code
from shared.procedure.basics import Data, Paragraph, Sourced
from shared.procedure.basics import Moment as Moment
from shared.procedure.basics import Names as Names
from shared.procedure.calls import Calls
from shared.procedure.kinds import KINDS, custodian_of
from shared.procedure.messages import MessageText
from shared.procedure.portal import PortalStep
from shared.procedure.references import astray
from shared.procedure.terms import Corrections, Extension, Suspension
from shared.procedure.text import ActionResult, Actor, Given, OtherTerm, Participants, Place
from shared.procedure.written import Loc


class Step(Data):
    """What one service does within an action. Parts: who each has to answer (parties, members); either fixed here or listed
    by the fact of the step `parts_from`. `paragraph`: where another place than the action's own states it."""

    code: Code
    kind: Code
    role: Role
    paragraph: Paragraph | None = None
    after: tuple[After, ...] = ()
    parts: tuple[Code, ...] = ()
    parts_from: Code | None = None
    automatic: bool = False
    assumed: bool = False

    @model_validator(mode="before")
    @classmethod
    def code_defaults_to_kind(cls, value: Any) -> Any:
        return {**value, "code": value.get("code", value.get("kind"))} if isinstance(value, dict) else value

    @field_validator("kind")
    @classmethod
    def kind_is_known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind}; known: {', '.join(KINDS)}")
        return kind

    @field_validator("role", mode="before")
    @classmethod
    def role_is_known(cls, role: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("kind")
        if kind and role not in set(Role):
            raise ValueError(f"{role} can't do {kind}; name {' or '.join(KINDS[kind].roles)}")
        return role


class Action(Sourced):
    """One action of the text. A term that holds for one outcome only (a refusal) names it in `term_for`; an outcome with
    a term of its own is one of `other_terms`. `also`: other places that describe the action; `result`: what is said to come
    of it."""

    code: Code
    actor: Actor
    title: Names
    term: Term | None = None
    term_for: After | None = None
    other_terms: tuple[OtherTerm, ...] = ()
    also: tuple[Place, ...] = ()
    result: ActionResult | None = None
    runs_from: Moment | None = Field(None, alias="from")
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def term_has_its_moment(self) -> Self:
        if (self.term is None) != (self.runs_from is None):
            raise ValueError("a term needs the moment that it runs from, and a moment its term")
        return self

    @property
    def told(self) -> "tuple[Action | Place, ...]":
        """The action and the other places that describe it."""
        return (self, *self.also)


class Total(Sourced):
    term: Term
    runs_from: Moment = Field(alias="from")


class End(Sourced):
    """An end that follows from the data: when these steps are complete, the case has ended so."""

    after: tuple[After, ...] = Field(min_length=1)
    outcome: Code


class Withdrawal(Sourced):
    """Until which completions an application can be withdrawn; the first of them shuts it."""

    until: tuple[After, ...] = Field(min_length=1)


class Document(Sourced):
    code: Code
    title: Names
    required: bool = True


class Ground(Sourced):
    """A ground on which the provider may refuse."""

    code: Code
    title: Names


class Reading(Sourced):
    """One way to read the text."""

    value: str
    says: Names


class Contradiction(Data):
    """Where the text contradicts itself: every reading, the one in use and why. `shows`: the findings of `reglament lint`
    that it explains, as `rule:subject` or, where numbers are compared, `rule:subject=numbers`; without any it is by reading
    alone."""

    code: Code
    shows: tuple[str, ...] = ()
    about: Names
    readings: tuple[Reading, ...] = Field(min_length=2)
    in_use: str
    why: Names

    @model_validator(mode="after")
    def reading_in_use_is_one_of_them(self) -> Self:
        if self.in_use not in {r.value for r in self.readings}:
            raise ValueError(f"in_use {self.in_use!r} is none of the readings")
        return self


class Quorum(Data):
    """A sitting has a quorum when those present are more than this share of the members of that day."""

    more_than: Decimal = Field(ge=0, lt=1)


class BodyRules(Sourced):
    """How the body decides."""

    quorum: Quorum
    recused_count_for_quorum: bool
    abstention: bool
    majority: Literal["more-for-than-against"]
    tie: Literal["chair", "against"]
    acting_chair: Literal["deputy"]


class Signers(Sourced):
    """Who of the members signs the protocol: all of that day, or those present at the sitting."""

    who: Literal["all", "present"]

    @model_validator(mode="before")
    @classmethod
    def from_the_reading_in_use(cls, value: Any) -> Any:
        """Editions published earlier say it as two readings, one of them in use."""
        if not (isinstance(value, dict) and "in_use" in value):
            return value
        said = next(r for r in value["readings"] if r["value"] == value["in_use"])
        return {"who": said["value"], "paragraph": said.get("paragraph"), "assumed": said.get("assumed", False)}


class Body(Data):
    """The body that decides: its kind, names, rules, and who signs its protocol.

    `secretary_signs`: where the secretary signs it too. Where no step approves it, all sign and nobody approves.
    """

    kind: Literal["competition-commission", "regional-coordination-council"]
    title: Names
    rules: BodyRules
    signers: Signers
    secretary_signs: Sourced | None = None


class Form(Sourced):
    """What the application's form asks of the project, as JSON Schema. `standard_annexes`: which annexes of the Standard give
    the form, by channel."""

    project: dict[str, Any]
    standard_annexes: dict[Literal["paper", "portal"], tuple[int, ...]] = Field(default_factory=dict)


class Criterion(Data):
    """What experts judge, in points from 0 to `most`."""

    code: Code
    title: Names
    most: int = Field(ge=1, le=100)


class Expertise(Sourced):
    """By which criteria the national institute recommends."""

    criteria: tuple[Criterion, ...] = Field(min_length=1)


class Provider(Sourced):
    code: Code
    title: Names
    number_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")]


class Demonstration(Data):
    """The legal day on which a demonstration case of this procedure begins."""

    starts_on: date


class Procedure(Data):
    """One procedure of an act. `messages`: what is told in its own words, not those of the house."""

    code: Code
    title: Names
    provider: Provider
    channels: tuple[Literal["paper", "portal"], ...] = Field(min_length=1)
    applicants: tuple[Literal["entrepreneur", "legal-entity"], ...] = Field(min_length=1)
    form: Form
    documents: tuple[Document, ...]
    refusal_grounds: tuple[Ground, ...]
    body: Body
    expertise: Expertise | None = None
    calls: Calls | None = None
    participants: Participants | None = None
    portal: tuple[PortalStep, ...] = ()
    actions: tuple[Action, ...] = Field(min_length=1)
    total: Total | None = None
    result: Literal["contract", "extract"]
    given: Given | None = None
    ends: tuple[End, ...] = Field(min_length=1)
    withdrawal: Withdrawal
    corrections: Corrections | None = None
    suspension: Suspension | None = None
    extension: Extension | None = None
    contradictions: tuple[Contradiction, ...] = ()
    messages: dict[Code, MessageText] = Field(default_factory=dict)
    demonstration: Demonstration

    @cached_property
    def steps(self) -> dict[str, tuple[Action, Step]]:
        """Each step by its code, with the action that it carries."""
        return {step.code: (action, step) for action in self.actions for step in action.steps}

    @cached_property
    def followers(self) -> dict[str, list[tuple[str | None, str]]]:
        """By each step's code, the services that have custody next: after which of its outcomes (None: any), and which."""
        found: dict[str, list[tuple[str | None, str]]] = {}
        for _, step in self.steps.values():
            if service := custodian_of(step.kind):
                for after in step.after:
                    found.setdefault(after.step, []).append((after.outcome, service))
        return found

    @model_validator(mode="after")
    def points_only_at_what_there_is(self) -> Self:
        kinds = {code: step.kind for code, (_, step) in self.steps.items()}
        wrong = [*self._doubled_steps(), *astray(self, kinds)]
        if wrong:
            raise ValidationError.from_exception_data("Procedure", [_at(loc, what) for loc, what in wrong])
        return self

    def _doubled_steps(self) -> Iterator[tuple[Loc, str]]:
        places = [
            (s.code, ("actions", i, "steps", j)) for i, a in enumerate(self.actions) for j, s in enumerate(a.steps)
        ]
        for n, (code, loc) in enumerate(places):
            if code in (earlier for earlier, _ in places[:n]):
                yield loc, f"two steps have the same code, {code}; give one of them a code of its own"


def _at(loc: Loc, what: str) -> InitErrorDetails:
    return {"type": PydanticCustomError("reference", "{what}", {"what": what}), "loc": tuple(loc), "input": None}
