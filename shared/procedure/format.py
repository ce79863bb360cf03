"""The format of a regulation: what a lawyer writes as YAML and every service runs.

An action is what the text says: who, within which time, from which moment. It is carried by one or more steps, which is
what services do. Anything unknown is refused.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.calendar.term import Term
from shared.identity.roles import Role
from shared.procedure.kinds import KINDS, custodian_of

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Paragraph = Annotated[str, StringConstraints(pattern=r"^(annex \d+ )?§\d+(-\d+)?(\.\d+)*$")]


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Names(Data):
    """The same name in the three languages; kk is official."""

    kk: str
    ru: str
    en: str


class Sourced(Data):
    """Something the text says at a paragraph, or that no text says and is assumed."""

    paragraph: Paragraph | None = None
    assumed: bool = False

    @model_validator(mode="after")
    def has_its_source(self) -> Self:
        if self.paragraph is None and not self.assumed:
            raise ValueError("name the paragraph, or mark it assumed: true")
        return self


class After(Data):
    """A step that must be complete, with any outcome or a certain one; written `check` or `check.admitted`."""

    step: Code
    outcome: Code | None = None

    @model_validator(mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        step, _, outcome = value.partition(".")
        return {"step": step, "outcome": outcome or None}

    def __str__(self) -> str:
        return f"{self.step}.{self.outcome}" if self.outcome else self.step


class Moment(Data):
    """What a term runs from: a moment that a fact states (receipt, call-close), the first completion of a step (the previous
    action), or the latest one (last sitting, approval). Exactly one."""

    moment: Literal["receipt", "call-close"] | None = None
    first: Code | None = None
    latest: Code | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if len([v for v in (self.moment, self.first, self.latest) if v]) != 1:
            raise ValueError("give exactly one of moment, first, latest")
        return self


class Step(Data):
    """What one service does within an action. Parts: who each has to answer (parties, members); either fixed here or listed
    by the fact of the step `parts_from`."""

    code: Code
    kind: Code
    role: Role
    after: tuple[After, ...] = ()
    parts: tuple[Code, ...] = ()
    parts_from: Code | None = None
    automatic: bool = False
    assumed: bool = False

    @model_validator(mode="before")
    @classmethod
    def code_defaults_to_kind(cls, value: Any) -> Any:
        return {**value, "code": value.get("code", value.get("kind"))} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def kind_is_known(self) -> Self:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind}; known: {', '.join(KINDS)}")
        return self


class Action(Sourced):
    """One action of the text. A term that holds for one outcome only (a refusal) names it in `term_for`."""

    code: Code
    actor: Role
    title: Names
    term: Term | None = None
    term_for: After | None = None
    runs_from: Moment | None = Field(None, alias="from")
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def term_has_its_moment(self) -> Self:
        if (self.term is None) != (self.runs_from is None):
            raise ValueError("a term needs the moment that it runs from, and a moment its term")
        return self


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
    """Where the text contradicts itself: every reading, the one in use and why."""

    code: Code
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


class Body(Data):
    """The body that decides: its kind, names, rules, and who signs its protocol (all members or those present)."""

    kind: Code
    title: Names
    rules: BodyRules
    signers: Contradiction


class Form(Sourced):
    """What the application's form asks of the project, as JSON Schema."""

    project: dict[str, Any]


class Provider(Sourced):
    code: Code
    title: Names
    number_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")]


class Demonstration(Data):
    """The legal day on which a demonstration case of this procedure begins."""

    starts_on: date


class Procedure(Data):
    """One procedure of an act."""

    code: Code
    title: Names
    provider: Provider
    channels: tuple[Literal["paper", "portal"], ...] = Field(min_length=1)
    applicants: tuple[Literal["entrepreneur", "legal-entity"], ...] = Field(min_length=1)
    form: Form
    documents: tuple[Document, ...]
    refusal_grounds: tuple[Ground, ...]
    body: Body
    actions: tuple[Action, ...] = Field(min_length=1)
    total: Total | None = None
    result: Literal["contract", "extract"]
    ends: tuple[End, ...] = Field(min_length=1)
    withdrawal: Withdrawal
    contradictions: tuple[Contradiction, ...] = ()
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
        codes = [step.code for action in self.actions for step in action.steps]
        if len(codes) != len(set(codes)):
            raise ValueError("two steps have the same code")
        for after in self._conditions():
            if after.step not in self.steps:
                raise ValueError(f"{after}: there is no step {after.step}")
            if after.outcome and after.outcome not in KINDS[self.steps[after.step][1].kind].outcomes:
                raise ValueError(f"{after}: a step of this kind never ends {after.outcome}")
        for code in self._referred_steps():
            if code not in self.steps:
                raise ValueError(f"there is no step {code}")
        return self

    def _conditions(self) -> Iterator[After]:
        for action in self.actions:
            yield from [action.term_for] if action.term_for else []
            for step in action.steps:
                yield from step.after
        for end in self.ends:
            yield from end.after
        yield from self.withdrawal.until

    def _referred_steps(self) -> Iterator[str]:
        moments = [a.runs_from for a in self.actions] + ([self.total.runs_from] if self.total else [])
        yield from (code for m in moments if m for code in (m.first, m.latest) if code)
        yield from (s.parts_from for a in self.actions for s in a.steps if s.parts_from)
