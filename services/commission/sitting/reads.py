"""A sitting, its convocation and its protocol as those see them who take part."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.commission.body.domain import Body, Composition
from services.commission.sitting.domain import Sitting
from services.commission.sitting.protocol import content, text
from services.commission.sitting.state import Item
from services.commission.sitting.voting import Choice, Count
from shared.contracts.canonical import digest_of
from shared.contracts.personal import Personal

Words = str | None
"""Personal text; none when the person was erased."""


class Convocation(BaseModel):
    """What a member was sent, and the evidence that it was delivered and read."""

    sitting: UUID
    body: UUID
    starts_at: AwareDatetime
    place: str
    agenda: list[UUID]
    state: str
    delivered: bool
    read: bool


class SittingListed(BaseModel):
    """One line of the list; `state` as in SittingShown."""

    id: UUID
    body: UUID
    starts_at: AwareDatetime
    place: str
    agenda: list[UUID]
    state: str = Field(examples=["scheduled"])


class ItemShown(BaseModel):
    """An application on the agenda; `off` says why it isn't on it any more."""

    application: UUID
    off: str | None
    recused: dict[UUID, Words]
    note: Words
    discussed_at: AwareDatetime | None
    votes: dict[UUID, Choice]
    count: Count | None
    reasons: Words
    decided_at: AwareDatetime | None


class SittingShown(BaseModel):
    """One sitting. `version` is what If-Match takes. `state`: scheduled, begun, recorded (a protocol stands), approved
    (or signed, where nobody approves), or why it is over: cancelled, postponed, no-quorum."""

    id: UUID
    body: UUID
    number: str = Field(examples=["3/2019"])
    starts_at: AwareDatetime
    place: str
    state: str
    composition: Composition
    delivered: list[UUID]
    read: list[UUID]
    present: list[UUID] | None
    quorum: bool | None
    items: list[ItemShown]
    version: int


class AnswerShown(BaseModel):
    """A signer's answer; neither signed nor a reason: none yet."""

    member: UUID
    name: Words
    signed: bool
    dissent: Words
    reason: Words


class ProtocolShown(BaseModel):
    """A protocol: what is signed is `text`, byte for byte; `content` is the same as data. `intact`: whether this still
    is the text that the digest was taken of; it isn't once the personal words in it were erased."""

    sitting: UUID
    number: str
    digest: str
    text: str
    intact: bool
    content: dict[str, Any]
    signers: list[AnswerShown]
    approver: UUID | None
    approved: bool
    version: int


def sitting_shown(sitting: Sitting, body: Body) -> SittingShown:
    roll = sitting.roll
    return SittingShown(
        id=sitting.sitting,
        body=sitting.body,
        number=body.sittings[sitting.sitting].number,
        starts_at=sitting.starts_at,
        place=sitting.place,
        state=state_of(sitting),
        composition=roll.composition if roll else sitting.composition,
        delivered=sorted(sitting.shown),
        read=sorted(sitting.opened),
        present=list(roll.present) if roll else None,
        quorum=roll.quorum if roll else None,
        items=[_item(item) for item in sitting.items.values()],
        version=sitting.version,
    )


def sitting_listed(sitting: Sitting) -> SittingListed:
    return SittingListed(
        id=sitting.sitting,
        body=sitting.body,
        starts_at=sitting.starts_at,
        place=sitting.place,
        agenda=[item.application for item in sitting.live],
        state=state_of(sitting),
    )


def convocation(sitting: Sitting, member: UUID) -> Convocation:
    return Convocation(
        sitting=sitting.sitting,
        body=sitting.body,
        starts_at=sitting.starts_at,
        place=sitting.place,
        agenda=[item.application for item in sitting.live],
        state=state_of(sitting),
        delivered=member in sitting.shown,
        read=member in sitting.opened,
    )


def protocol_shown(sitting: Sitting, body: Body) -> ProtocolShown:
    """Raises NoProtocol."""
    drawn = sitting.drawn
    said = text(sitting, drawn.number, drawn.form)
    return ProtocolShown(
        sitting=sitting.sitting,
        number=drawn.number,
        digest=drawn.digest,
        text=said,
        intact=digest_of(said) == drawn.digest,
        content=content(sitting, drawn.number, drawn.form),
        signers=[_answer(sitting, body, member) for member in drawn.signers],
        approver=drawn.approver,
        approved=drawn.approved,
        version=sitting.version,
    )


def state_of(sitting: Sitting) -> str:
    if sitting.over:
        return sitting.over
    if sitting.protocol:
        final = "approved" if sitting.protocol.approved else "signed"
        return final if sitting.protocol.final else "recorded"
    return "begun" if sitting.roll else "scheduled"


def _item(item: Item) -> ItemShown:
    return ItemShown(
        application=item.application,
        off=item.off,
        recused={member: _words(reason) for member, reason in item.recused.items()},
        note=_words(item.note),
        discussed_at=item.held_at,
        votes=item.votes,
        count=item.count,
        reasons=_words(item.reasons),
        decided_at=item.decided_at,
    )


def _answer(sitting: Sitting, body: Body, member: UUID) -> AnswerShown:
    answer = sitting.drawn.answers.get(member)
    return AnswerShown(
        member=member,
        name=_words(body.names.get(member)),
        signed=bool(answer and answer.signed),
        dissent=_words(answer.dissent) if answer else None,
        reason=_words(answer.reason) if answer else None,
    )


def _words(value: Personal | None) -> Words:
    return value.text if value else None
