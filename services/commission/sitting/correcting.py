"""Commands of the secretary that put right what was recorded, until the protocol is approved."""

from uuid import UUID

from pydantic import Field

from services.commission.sitting.reading import about, kept_by_secretary
from services.commission.sitting.voting import Choice
from shared.kernel.work import UnitOfWork
from shared.web.given import Acting, Command, Text


class CorrectRollCall(Command):
    present: tuple[UUID, ...] = Field(max_length=1000, description="Members who were there")
    reason: Text
    reasons: dict[UUID, Text] = Field({}, description="New reasons, by application, where an outcome turns round")


class CorrectNote(Command):
    note: Text
    reason: Text


class CorrectVote(Command):
    member: UUID
    choice: Choice
    reason: Text
    reasons: Text | None = Field(None, description="New reasons, when the outcome turns round")


class CorrectReasons(Command):
    reasons: Text
    reason: Text


async def correct_roll_call(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: CorrectRollCall) -> str:
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    reasons = {application: about(sitting, application, text) for application, text in command.reasons.items()}
    sitting.correct_roll_call(command.present, command.reason, work.now, reasons)
    work.save(sitting)
    return str(sitting_id)


async def correct_note(
    work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: CorrectNote
) -> str:
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    sitting.correct_note(application, about(sitting, application, command.note), command.reason, work.now)
    work.save(sitting)
    return str(sitting_id)


async def correct_vote(
    work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: CorrectVote
) -> str:
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    reasons = about(sitting, application, command.reasons) if command.reasons else None
    sitting.correct_vote(application, command.member, command.choice, command.reason, work.now, reasons)
    work.save(sitting)
    return str(sitting_id)


async def correct_reasons(
    work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: CorrectReasons
) -> str:
    sitting, _ = await kept_by_secretary(work, sitting_id, acting)
    sitting.correct_reasons(application, about(sitting, application, command.reasons), command.reason, work.now)
    work.save(sitting)
    return str(sitting_id)
