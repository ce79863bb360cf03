"""The part that public facts have in common.

A fact that completes or undoes a step of a procedure says so in `step`, always in the same form, so that every reader
folds all of them the same way. Unknown fields are ignored: an owner may add.
"""

from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

Instant = Annotated[AwareDatetime, PlainSerializer(lambda at: instant(at), return_type=str)]
"""RFC 3339 in UTC."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, hex."""


def instant(at: datetime) -> str:
    """An instant as RFC 3339 in UTC with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Contract(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Because(Contract):
    """One reason of a due instant, rendered into a sentence where it is shown."""

    code: str
    params: dict[str, str] = {}


class StepDone(Contract):
    """A step (or one part of it) completed, or undone, with its deadline as it stood.

    `parts`: who has to answer in later steps, by step (the signers, when a protocol is drawn). `rests_on`: ids of the facts
    that it counts with. `pins`: digests of what lay before those who acted. Instants are legal time.
    """

    step: str
    action: str
    paragraph: str
    outcome: str
    part: str | None = None
    parts: dict[str, tuple[str, ...]] = {}
    undone: bool = False
    role: str
    happened_at: Instant
    since: Instant | None = None
    due: Instant | None = None
    because: tuple[Because, ...] = ()
    rests_on: tuple[UUID, ...] = ()
    pins: tuple[Digest, ...] = ()


class PublicFact(Contract):
    """A fact that other services may read. `happened_at` is legal time; `reasons` and other data are the subclass's."""

    version: ClassVar[int] = 1

    happened_at: Instant

    @classmethod
    def name(cls) -> str:
        return cls.__name__


class CaseFact(PublicFact):
    """A fact about one application: its subject is the application's id.

    `moments`: instants that terms run from and that this fact states (receipt, call-close). `ends`: how the case ended, when
    somebody chose to end it (withdrawn, declined, closed).
    """

    step: StepDone | None = None
    moments: dict[str, Instant] = {}
    ends: str | None = None

    @property
    def grounds(self) -> tuple[UUID, ...]:
        """Ids of the facts that it counts with."""
        return self.step.rests_on if self.step else ()


class Decision(CaseFact):
    """What the custodian decides about the case beside its steps. `rests_on`: the hand-over that gave it the case, if one did."""

    rests_on: tuple[UUID, ...] = ()

    @property
    def grounds(self) -> tuple[UUID, ...]:
        return self.rests_on


class StopsClock(Decision):
    """From then on no term of the case runs, until the instant stated or a fact that lets the clock run again before."""

    until: Instant


class StartsClock(Decision):
    """Terms run again; `stopped_by` is the fact that had stopped the clock."""

    stopped_by: UUID


class ExtendsTerm(Decision):
    """The action has this term from now on, counted from the same moment: its unit and number, as in regulations.
    `was_due`: until when it was before."""

    action: str
    term: dict[str, int]
    was_due: Instant
