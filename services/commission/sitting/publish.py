"""What a sitting's facts mean to others: about the sitting itself, and about each application on its agenda."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.commission.sitting.agenda import Agenda
from services.commission.sitting.domain import Sitting
from services.commission.sitting.meeting import Meeting
from services.commission.sitting.signing import Signing
from services.commission.sitting.state import Item
from services.commission.stated import case_in, stated, undone
from shared.contracts.commission import (
    ApplicationDecided,
    ApplicationScheduled,
    ApplicationUnscheduled,
    ProtocolApproved,
    ProtocolDrawn,
    ProtocolReopened,
    ProtocolSigned,
    SittingCancelled,
    SittingHeld,
    SittingScheduled,
    Tally,
)
from shared.contracts.common import PublicFact
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case

Said = Iterator[tuple[str, PublicFact]]


def publish(event: DomainEvent, sitting: Sitting, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    match event:
        case Agenda.Convened() | Agenda.ItemAdded() | Agenda.ItemTakenOff() | Agenda.Postponed() | Agenda.Cancelled():
            return _agenda(event, sitting, work)
        case Agenda.MemberJoined():
            return [_scheduled(sitting, work.now)]
        case Meeting.RollCalled(quorum=False, at=at):
            return _unscheduled(sitting, "no-quorum", at, work)
        case Meeting.Discussed(application=application):
            return [_held(sitting, sitting.items[application], work)]
        case Meeting.Decided():
            return [_decided(event, sitting, work)]
        case Sitting.RollCallCorrected(quorum=False, at=at):
            return _unscheduled(sitting, "no-quorum", at, work)
        case Sitting.RollCallCorrected():
            return (_held(sitting, item, work) for item in sitting.live if item.note)
        case (
            Signing.ProtocolDrawn()
            | Signing.ProtocolReopened()
            | Signing.ProtocolSigned()
            | Signing.ProtocolNotSigned()
            | Signing.ProtocolApproved()
        ):
            return _protocol(event, sitting, work)
        case _:
            return ()


# -- before the sitting


def _agenda(event: DomainEvent, sitting: Sitting, work: UnitOfWork) -> Said:
    match event:
        case Agenda.Convened(at=at):
            yield _scheduled(sitting, at)
            yield from (_on_agenda(sitting, item, at, work) for item in sitting.items.values())
        case Agenda.ItemAdded(entry=entry, at=at):
            yield _scheduled(sitting, at)
            yield _on_agenda(sitting, sitting.items[entry.application], at, work)
        case Agenda.ItemTakenOff(application=application, why=why, at=at):
            yield _scheduled(sitting, at)
            if why == "taken-off":
                yield _off(sitting, sitting.items[application], at, work)
        case Agenda.Postponed(starts_at=None, reason=reason, at=at):
            yield str(sitting.sitting), SittingCancelled(happened_at=at, reason=reason)
            yield from _unscheduled(sitting, "postponed", at, work)
        case Agenda.Postponed(at=at):
            yield _scheduled(sitting, at)
            yield from (_on_agenda(sitting, item, at, work) for item in sitting.live)
        case Agenda.Cancelled(reason=reason, at=at):
            yield str(sitting.sitting), SittingCancelled(happened_at=at, reason=reason)
            yield from _unscheduled(sitting, "cancelled", at, work)


def _scheduled(sitting: Sitting, at: datetime) -> tuple[str, PublicFact]:
    return str(sitting.sitting), SittingScheduled(
        happened_at=at,
        body=sitting.body,
        starts_at=sitting.starts_at,
        place=sitting.place,
        agenda=tuple(item.application for item in sitting.live),
        members=sitting.composition.members,
    )


def _on_agenda(sitting: Sitting, item: Item, at: datetime, work: UnitOfWork) -> tuple[str, PublicFact]:
    return str(item.application), ApplicationScheduled(
        happened_at=at,
        step=stated(case_in(work, item.application), "convene", at=at, pins=_pins(item)),
        sitting=sitting.sitting,
        body=sitting.body,
        starts_at=sitting.starts_at,
        place=sitting.place,
    )


def _unscheduled(sitting: Sitting, why: str, at: datetime, work: UnitOfWork) -> Said:
    """For every application that left the agenda with the sitting itself."""
    yield from (_off(sitting, item, at, work) for item in sitting.items.values() if item.off == why)


def _off(sitting: Sitting, item: Item, at: datetime, work: UnitOfWork) -> tuple[str, PublicFact]:
    return str(item.application), ApplicationUnscheduled(
        happened_at=at,
        step=undone(case_in(work, item.application), "convene", at),
        sitting=sitting.sitting,
        why=item.off,
    )


def _pins(item: Item) -> list[str]:
    """What the expertise had concluded: it lay there."""
    return [item.conclusion] if item.conclusion else []


# -- at the sitting


def _held(sitting: Sitting, item: Item, work: UnitOfWork) -> tuple[str, PublicFact]:
    roll, at = sitting.called, item.held_at or sitting.called.at
    return str(item.application), SittingHeld(
        happened_at=at,
        step=stated(case_in(work, item.application), "sit", at=at, pins=_pins(item)),
        sitting=sitting.sitting,
        members=len(roll.composition.members),
        present=len(roll.present),
        recused=_recused(sitting, item),
    )


def _decided(event: Meeting.Decided, sitting: Sitting, work: UnitOfWork) -> tuple[str, PublicFact]:
    count, item = event.count, sitting.items[event.application]
    return str(event.application), ApplicationDecided(
        happened_at=event.at,
        step=stated(case_in(work, event.application), "decide", outcome=count.outcome, at=event.at, pins=_pins(item)),
        sitting=sitting.sitting,
        tally=Tally(
            in_favour=count.in_favour,
            against=count.against,
            abstained=count.abstained,
            recused=_recused(sitting, item),
            chair_broke_tie=count.chair_broke_tie,
        ),
        reasons=event.reasons,
    )


def _recused(sitting: Sitting, item: Item) -> int:
    return len(set(item.recused) & set(sitting.called.present))


# -- the protocol, told on each application in it


def _protocol(event: DomainEvent, sitting: Sitting, work: UnitOfWork) -> Said:
    for item in sitting.items.values():
        if item.count:
            yield from ((str(item.application), fact) for fact in _on_application(event, sitting, item, work))


def _on_application(event: DomainEvent, sitting: Sitting, item: Item, work: UnitOfWork) -> Iterator[PublicFact]:
    case = case_in(work, item.application)
    outcome = item.count.outcome if item.count else ""
    match event:
        case Signing.ProtocolDrawn(number=number, digest=digest, signers=signers, at=at):
            parts = {s.code: tuple(map(str, signers)) for s in case.steps_of_kind("sign-protocol")}
            step = stated(case, "draw-protocol", outcome=outcome, at=at, parts=parts)
            yield ProtocolDrawn(
                happened_at=at,
                step=step,
                sitting=sitting.sitting,
                number=number,
                digest=digest,
                signers=sitting.terms.signers,
            )
        case Signing.ProtocolReopened(corrected=corrected, reason=reason, at=at):
            step = undone(case, "draw-protocol", at)
            yield ProtocolReopened(
                happened_at=at, step=step, sitting=sitting.sitting, corrected=corrected, reason=reason
            )
        case Signing.ProtocolSigned() | Signing.ProtocolNotSigned():
            yield _signed(event, sitting, case)
        case Signing.ProtocolApproved(at=at) if item.reasons:
            protocol = sitting.drawn
            step = stated(case, "approve-protocol", outcome=outcome, at=at, pins=[protocol.digest])
            yield ProtocolApproved(
                happened_at=at,
                step=step,
                sitting=sitting.sitting,
                number=protocol.number,
                digest=protocol.digest,
                reasons=item.reasons,
            )


def _signed(event: Signing.ProtocolSigned | Signing.ProtocolNotSigned, sitting: Sitting, case: Case) -> ProtocolSigned:
    """A signer's answer is a part of the step, whether it is a signature or the recorded reason for none."""
    signed = isinstance(event, Signing.ProtocolSigned)
    digest = sitting.drawn.digest
    outcome, pins = ("signed", [digest]) if signed else ("not-signed", [])
    return ProtocolSigned(
        happened_at=event.at,
        step=stated(case, "sign-protocol", outcome=outcome, at=event.at, part=str(event.member), pins=pins),
        sitting=sitting.sitting,
        digest=digest,
        dissent=isinstance(event, Signing.ProtocolSigned) and event.dissent is not None,
        reason=event.reason if isinstance(event, Signing.ProtocolNotSigned) else None,
    )
