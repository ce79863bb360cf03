"""What the cabinet answers, in the reader's language. Instants carry the offset of the act's zone."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


class Named(BaseModel):
    code: str = Field(examples=["karaganda-2019/new-business-ideas"])
    title: str = Field(examples=["Granting state grants to small-business entities for new business ideas"])


class Applicant(BaseModel):
    kind: str = Field(examples=["entrepreneur"])
    name: str | None = Field(description="Absent once it was erased", examples=["Алия Сериккызы"])


class Withdrawal(BaseModel):
    """The applicant asked to withdraw and hasn't been answered."""

    status: str = Field(examples=["asked"])
    asked_at: AwareDatetime


class CorrectionsAsked(BaseModel):
    """Documents that the applicant is asked to put right; `until` when. The clock stands still until the answer, or then."""

    documents: str
    reasons: str | None
    asked_at: AwareDatetime
    until: AwareDatetime


class Pause(BaseModel):
    """No term of the case runs from `start` until just before `end`."""

    start: AwareDatetime
    end: AwareDatetime


class Sitting(BaseModel):
    id: UUID
    starts_at: AwareDatetime
    place: str


class OfStep(BaseModel):
    """A step, and the action of the act that it carries."""

    step: str = Field(examples=["check"])
    kind: str = Field(examples=["check"])
    action: str = Field(examples=["check"])
    title: str = Field(description="What the action is called", examples=["Checking the documents"])


class Open(OfStep):
    """What can be done now: who, until when, why. `overdue` by legal time at the moment of reading; never of what was
    done in time and is only to be done again."""

    role: str
    role_name: str
    paragraph: str | None = Field(examples=["§5.2"])
    missing: list[str] = Field(description="Parts that haven't answered: parties, members")
    since: AwareDatetime | None = Field(description="From when the term runs; absent for one without a term")
    due: AwareDatetime | None
    because: list[str]
    provisional: bool = Field(description="The calendar isn't confirmed that far")
    once_in_time: bool = Field(description="It was done in time before, under the same term")
    overdue: bool
    escalated: bool
    assumed: bool = Field(description="No text names this step")


class Entry(OfStep):
    """Something done about a step. Standing: stands, fell, undid, later (after a hand-over) or waits."""

    fact: UUID
    event: str = Field(examples=["ApplicationAdmitted"])
    role: str
    role_name: str
    paragraph: str | None
    part: str | None
    outcome: str
    at: AwareDatetime
    since: AwareDatetime | None
    due: AwareDatetime | None
    because: list[str]
    late: bool
    standing: str
    assumed: bool


class ActionDone(BaseModel):
    """A timed action that is complete, as the act counts it."""

    code: str
    title: str
    actor: str
    started_at: AwareDatetime
    due_at: AwareDatetime
    completed_at: AwareDatetime
    late: bool
    paragraph: str | None
    because: list[str]
    event: str


class Escalation(OfStep):
    event: str = Field(examples=["ActionEscalated"])
    due: AwareDatetime
    at: AwareDatetime


class Message(BaseModel):
    """What the applicant was told."""

    id: UUID
    at: AwareDatetime
    event: str
    template: str
    title: str
    text: str


class Result(BaseModel):
    """How the case ended; ground and reasons of a refusal; the papers that were issued, with their numbers."""

    outcome: str = Field(examples=["contract"])
    at: AwareDatetime
    event: str
    papers: dict[str, str | None] = Field(default_factory=dict, examples=[{"extract": "KRG/2019/extract/1"}])
    protocol: str | None = None
    ground: str | None = None
    reasons: str | None = None


class Reading(BaseModel):
    value: str
    says: str
    paragraph: str | None
    assumed: bool


class Contradiction(BaseModel):
    """Where the act contradicts itself, every reading and the one in use."""

    code: str
    about: str
    in_use: str
    why: str
    readings: list[Reading]


class State(BaseModel):
    """One application, whole. `version` counts the facts that it is made of."""

    id: UUID
    version: int
    number: str = Field(examples=["KRG/2019/000001"])
    provider: Named
    procedure: Named
    edition: str = Field(description="Digest of the procedure's text that the case runs on")
    zone: str
    channel: str
    applicant: Applicant
    project: dict[str, str | None] = Field(
        description="What the procedure's form asks, as corrected; amounts in tenge",
        examples=[{"title": "Пекарня", "kind_of_activity": "10.71", "amount": "3000000.00"}],
    )
    status: Named
    withdrawal: Withdrawal | None
    corrections_asked: CorrectionsAsked | None
    pauses: list[Pause]
    total_due: AwareDatetime | None
    total_because: list[str]
    sitting: Sitting | None
    open: list[Open]
    actions: list[ActionDone]
    timeline: list[Entry]
    reopened: list[str]
    escalations: list[Escalation]
    messages: list[Message]
    result: Result | None
    contradictions: list[Contradiction]


class Summary(BaseModel):
    """One line of the applicant's list."""

    id: UUID
    version: int
    number: str
    procedure: Named
    status: Named
    registered_at: AwareDatetime
    total_due: AwareDatetime | None
    overdue: bool
