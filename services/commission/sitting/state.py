"""What a sitting remembers: its agenda, the roll call, each item, and the protocol."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.commission.body.domain import Composition
from services.commission.sitting.voting import Choice, Count, Rules
from shared.contracts.personal import Personal
from shared.identity.roles import Role

Off = Literal["cancelled", "postponed", "no-quorum", "taken-off", "moved", "withdrawn"]
Signers = Literal["all", "present"]


class Entry(BaseModel):
    """An application on the agenda; `person`: whose key its notes and reasons are sealed under; `conclusion`: the digest
    of the expertise's conclusion that lay there when it was put on."""

    model_config = ConfigDict(frozen=True)

    application: UUID
    person: UUID
    conclusion: str | None = None


class Terms(BaseModel):
    """How the body decides, who signs, and where its days begin, by the edition's data; the same for all items.

    `approved`: whether somebody approves the protocol, who then isn't one of its signers. `secretary_signs`: beside the
    members. `convener`: the role that arranges the agenda.
    """

    model_config = ConfigDict(frozen=True)

    rules: Rules
    signers: Signers
    zone: str
    approved: bool = True
    secretary_signs: bool = False
    convener: Role = Role.EXECUTOR

    def day(self, at: datetime) -> date:
        """The day of an instant where the body sits."""
        return at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Roll:
    """The roll call: the body as composed on that day, who of it was there, and whether that is a quorum."""

    composition: Composition
    present: tuple[UUID, ...]
    quorum: bool
    at: datetime


@dataclass(slots=True)
class Item:
    """An application on the agenda and what has happened to it at the sitting. `off`: why it isn't on it any more;
    `conclusion`: what the expertise had concluded when it was put on the agenda, then when it was discussed."""

    application: UUID
    person: UUID
    conclusion: str | None = None
    off: Off | None = None
    recused: dict[UUID, Personal] = field(default_factory=dict)
    note: Personal | None = None
    held_at: datetime | None = None
    votes: dict[UUID, Choice] = field(default_factory=dict)
    count: Count | None = None
    reasons: Personal | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A signer's answer: signed, perhaps with a dissenting opinion beside it, or the recorded reason why not."""

    signed: bool
    dissent: Personal | None = None
    reason: Personal | None = None


@dataclass(slots=True)
class Protocol:
    """A protocol as it was drawn, and who has answered. `form`: how its text is put together; `approver`: none where the
    signatures suffice."""

    number: str
    digest: str
    signers: tuple[UUID, ...]
    approver: UUID | None
    form: int = 1
    answers: dict[UUID, Answer] = field(default_factory=dict)
    approved: bool = False

    @property
    def unanswered(self) -> list[UUID]:
        return [s for s in self.signers if s not in self.answers]

    @property
    def final(self) -> bool:
        """Nothing in it is corrected any more: it is approved, or nobody approves and all have answered."""
        return self.approved or (self.approver is None and not self.unanswered)
