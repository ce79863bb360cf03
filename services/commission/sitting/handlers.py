"""Commands at a sitting and on its protocol: the secretary keeps it, members vote and sign, the chair approves."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.commission.commands import SEATED, check
from services.commission.contract.handlers import draw_contracts
from services.commission.sitting.conclusions import newest
from services.commission.sitting.domain import Sitting
from services.commission.sitting.reading import about, attended, kept_by_secretary
from services.commission.sitting.voting import Choice
from services.commission.stated import case_in
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork
from shared.web.given import Acting, Command, Digest, Stated, Text


class CallRoll(Stated):
    present: tuple[UUID, ...] = Field(max_length=1000, description="Members who are there")


class Recuse(Command):
    reason: Text


class Discuss(Stated):
    note: Text


class Vote(Command):
    choice: Choice


class CloseVote(Stated):
    reasons: Text = Field(description="Why the grant is given or not")
    silent: tuple[UUID, ...] = Field((), max_length=1000, description="Present and not voting: counted as abstaining")
    conclusion: Digest | None = Field(None, description="The version voted on, where a later one has come since")


class DrawProtocol(Stated):
    pass


class SignProtocol(Stated):
    digest: Digest
    dissent: Text | None = Field(None, description="A dissenting opinion, to stand beside the signature")


class RecordNotSigned(Stated):
    member: UUID
    reason: Text


class ApproveProtocol(Stated):
    digest: Digest


async def call_roll(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: CallRoll) -> str:
    at = command.instant(work)
    sitting, body = await kept_by_secretary(work, sitting_id, acting)
    sitting.call_roll(command.present, body.on(sitting.terms.day(at)), at)
    work.save(sitting)
    return str(sitting_id)


async def recuse(
    work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, member: UUID, command: Recuse
) -> str:
    """Recorded by the member, or by the secretary on the member's word."""
    if member == acting.account:
        sitting = await attended(work, sitting_id, acting, *SEATED)
    else:
        sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    await work.learn_persons([member])
    sitting.recuse(application, member, Personal(person=member, text=command.reason))
    work.save(sitting)
    return str(sitting_id)


async def discuss(work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: Discuss) -> str:
    at = command.instant(work)
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    sitting.discuss(application, about(sitting, application, command.note), at, newest(case_in(work, application)))
    _save(work, sitting, "sit", at, [application])
    return str(sitting_id)


async def vote(work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: Vote) -> str:
    sitting = await attended(work, sitting_id, acting, *SEATED)
    sitting.vote(application, acting.account, command.choice)
    work.save(sitting)
    return str(sitting_id)


async def close_vote(work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: CloseVote) -> str:
    at = command.instant(work)
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    reasons = about(sitting, application, command.reasons)
    came = newest(case_in(work, application))
    sitting.close_vote(application, reasons, at, command.silent, came, command.conclusion)
    _save(work, sitting, "decide", at, [application])
    return str(sitting_id)


async def draw_protocol(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: DrawProtocol) -> str:
    at = command.instant(work)
    sitting, body = await kept_by_secretary(work, sitting_id, acting)
    sitting.draw_protocol(body.sittings[sitting_id].number, at)
    _save(work, sitting, "draw-protocol", at)
    return str(sitting_id)


async def sign_protocol(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: SignProtocol) -> str:
    at = command.instant(work)
    sitting = await attended(work, sitting_id, acting, *SEATED)
    await work.learn_persons([acting.account])
    dissent = Personal(person=acting.account, text=command.dissent) if command.dissent else None
    sitting.sign(acting.account, command.digest, at, dissent)
    _save(work, sitting, "sign-protocol", at)
    await _draw_contracts(work, sitting, at)
    return str(sitting_id)


async def record_not_signed(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: RecordNotSigned) -> str:
    at = command.instant(work)
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    await work.learn_persons([command.member])
    sitting.record_not_signed(command.member, Personal(person=command.member, text=command.reason), at)
    _save(work, sitting, "sign-protocol", at)
    await _draw_contracts(work, sitting, at)
    return str(sitting_id)


async def approve_protocol(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: ApproveProtocol) -> str:
    """Last of all signatures; the contracts of what was granted are drawn with it (000 §5.6, §5.8)."""
    at = command.instant(work)
    sitting = await attended(work, sitting_id, acting, Role.CHAIR, *SEATED)
    sitting.approve(acting.account, command.digest, at)
    _save(work, sitting, "approve-protocol", at)
    await _draw_contracts(work, sitting, at)
    return str(sitting_id)


async def _draw_contracts(work: UnitOfWork, sitting: Sitting, at: datetime) -> None:
    """Once the protocol is final, of what it grants."""
    if sitting.drawn.final:
        await draw_contracts(work, sitting, at)


def _save(
    work: UnitOfWork, sitting: Sitting, kind: str, at: datetime, applications: Iterable[UUID] | None = None
) -> None:
    """Save what is new, once each case that it is about (all on the agenda unless named) says that `at` is possible."""
    if sitting.pending_events:
        for application in applications or [item.application for item in sitting.live]:
            check(case_in(work, application), kind, at, work.now)
    work.save(sitting)
