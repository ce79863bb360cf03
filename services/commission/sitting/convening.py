"""Commands before a sitting: the executor convenes, postpones, cancels, and arranges the agenda; members open what
they were sent."""

from uuid import UUID, uuid4

from pydantic import Field

from services.commission.body.domain import Body
from services.commission.sitting.agenda import common, must_be_ahead
from services.commission.sitting.domain import Sitting
from services.commission.sitting.reading import (
    arranging,
    body_of,
    entry_of,
    led_by_convener,
    must_have_part,
    sitting_of,
    terms_of,
)
from services.commission.sitting.refusals import SameSitting
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.refusals import CaseEnded
from shared.web.given import Acting, Command, Stated, Text
from shared.web.instants import Instant


class ConveneSitting(Stated):
    body: UUID
    starts_at: Instant = Field(examples=["2019-12-10T10:00:00+06:00"])
    place: Text = Field(examples=["Қарағанды, 3-кабинет"])
    agenda: tuple[UUID, ...] = Field(
        min_length=1, max_length=200, description="Applications, in the order of the agenda"
    )


class PostponeSitting(Command):
    starts_at: Instant | None = Field(None, description="The new date; none: the agenda is emptied")
    reason: Text


class CancelSitting(Command):
    reason: Text


class AddItem(Stated):
    application: UUID


class MoveItem(Command):
    sitting: UUID = Field(description="The sitting to which the application goes")


async def convene_sitting(work: UnitOfWork, acting: Acting, command: ConveneSitting) -> str:
    """Fix agenda, date, time and place; every member of the body as composed on that day is convened (000 §5.3)."""
    at, sitting_id, agenda = command.instant(work), uuid4(), dict.fromkeys(command.agenda)
    await work.expect(map(str, (sitting_id, *agenda)), [Body.create_id(command.body)])
    body = await body_of(work, command.body)
    cases = [await case_of(work, application) for application in agenda]
    for case in cases:
        body.must_decide(case.procedure.body.kind, case.registered.provider)
        case.open_for(case.step_of_kind("convene").code, acting.caller, at, work.now)
    terms = common([terms_of(case) for case in cases])
    await arranging(work, acting, cases, at)
    composition = body.on(terms.day(command.starts_at))
    must_be_ahead(command.starts_at, composition, at)
    entries = tuple(entry_of(case) for case in cases)
    sitting = Sitting(sitting_id, body.body, command.starts_at, command.place, terms, entries, composition, at)
    await work.facts(str(sitting_id))
    _save(work, sitting, body)
    return str(sitting_id)


async def postpone_sitting(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: PostponeSitting) -> str:
    sitting, body = await led_by_convener(work, sitting_id, acting)
    await must_have_part(work, acting, sitting)
    composition = body.on(sitting.terms.day(command.starts_at or sitting.starts_at))
    sitting.postpone(command.starts_at, composition, command.reason, work.now)
    _save(work, sitting, body)
    return str(sitting_id)


async def cancel_sitting(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: CancelSitting) -> str:
    sitting, _ = await led_by_convener(work, sitting_id, acting)
    await must_have_part(work, acting, sitting)
    sitting.cancel(command.reason, work.now)
    work.save(sitting)
    return str(sitting_id)


async def add_item(work: UnitOfWork, acting: Acting, sitting_id: UUID, command: AddItem) -> str:
    at = command.instant(work)
    sitting, body = await led_by_convener(work, sitting_id, acting)
    case = await case_of(work, command.application)
    body.must_decide(case.procedure.body.kind, case.registered.provider)
    if case.application not in {item.application for item in sitting.live}:
        case.open_for(case.step_of_kind("convene").code, acting.caller, at, work.now)
    await arranging(work, acting, [case], at)
    sitting.add(entry_of(case), terms_of(case), at)
    work.save(sitting)
    return str(sitting_id)


async def take_off_item(work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID) -> str:
    sitting, _ = await led_by_convener(work, sitting_id, acting)
    await arranging(work, acting, [await case_of(work, application)], work.now)
    sitting.take_off(application, "taken-off", work.now)
    work.save(sitting)
    return str(sitting_id)


async def move_item(work: UnitOfWork, acting: Acting, sitting_id: UUID, application: UUID, command: MoveItem) -> str:
    """From one agenda to another of the same body: what rested on the first reopens. Moved there already: nothing
    changes."""
    sitting, body = await led_by_convener(work, sitting_id, acting)
    other, case = await sitting_of(work, command.sitting), await case_of(work, application)
    if sitting.gone(application) == "moved" and application in {item.application for item in other.live}:
        return str(command.sitting)
    _must_be_movable(sitting, other, case)
    body_there = await body_of(work, other.body)
    body_there.must_decide(body.kind, body.provider)
    await arranging(work, acting, [case], work.now)
    sitting.take_off(application, "moved", work.now, moved_to=command.sitting)
    other.add(entry_of(case), terms_of(case), work.now)
    work.save(sitting)
    work.save(other)
    return str(command.sitting)


def _must_be_movable(sitting: Sitting, other: Sitting, case: Case) -> None:
    """Raises NotOnAgenda, SameSitting, CaseEnded."""
    sitting.item(case.application)
    if other.sitting == sitting.sitting:
        raise SameSitting
    if ended := case.progress.ended:
        raise CaseEnded(outcome=ended.outcome, ended_at=case.local(ended.at))


async def show_convocations(work: UnitOfWork, account: UUID, sittings: list[UUID]) -> str:
    """Evidence of delivery: these stood in the member's queue, while they were ahead."""
    for sitting_id in sittings:
        sitting = await work.load(Sitting, Sitting.create_id(sitting_id))
        if sitting.convenes(account) and not (sitting.roll or sitting.over):
            sitting.show(account)
            work.save(sitting)
    return ""


async def open_convocation(work: UnitOfWork, account: UUID, sitting_id: UUID) -> str:
    """Evidence of reading: the member opened this one."""
    sitting = await work.load(Sitting, Sitting.create_id(sitting_id))
    sitting.open(account)
    work.save(sitting)
    return str(sitting_id)


def _save(work: UnitOfWork, sitting: Sitting, body: Body) -> None:
    body.fix_sitting(sitting.sitting, sitting.terms.day(sitting.starts_at))
    work.save(sitting)
    work.save(body)
