"""Sittings over HTTP: convening, the sitting itself, and what members are sent."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.commission.commands import SEATED
from services.commission.routes import CONVENERS, PREFIX, Convener, Member, Onlooker, Secretary, must_see
from services.commission.sitting import convening, handlers
from services.commission.sitting.conclusions import ConclusionShown, conclusions_shown
from services.commission.sitting.domain import Sitting
from services.commission.sitting.reading import body_of, sitting_of, sittings_of
from services.commission.sitting.reads import (
    Convocation,
    SittingListed,
    SittingShown,
    convocation,
    sitting_listed,
    sitting_shown,
)
from services.commission.sitting.views import listed
from shared.identity.roles import Role
from shared.procedure.cases import case_of
from shared.texts.ical import Meeting, ical
from shared.web.commands import Accepted, node_of, who
from shared.web.etag import etag
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.web.sent import SentCommand, note_opening, reading

router = APIRouter(prefix=PREFIX, tags=["sittings"])
ONE, ITEM = "/sittings/{sitting}", "/sittings/{sitting}/items/{application}"


# -- the executor convenes


@router.post("/sittings", status_code=201, summary="Convene a sitting over applications")
async def convene(sent: SentCommand, caller: Convener, command: convening.ConveneSitting) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, CONVENERS, lambda work: convening.convene_sitting(work, acting, command))


@router.post(f"{ONE}/postponement", summary="Put the sitting off, to a date or without one")
async def postpone(sitting: UUID, sent: SentCommand, caller: Convener, command: convening.PostponeSitting) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, CONVENERS, lambda work: convening.postpone_sitting(work, acting, sitting, command)
    )


@router.post(f"{ONE}/cancellation", summary="Cancel the sitting")
async def cancel(sitting: UUID, sent: SentCommand, caller: Convener, command: convening.CancelSitting) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, CONVENERS, lambda work: convening.cancel_sitting(work, acting, sitting, command))


@router.post(f"{ONE}/items", summary="Put another application on the agenda")
async def add_item(sitting: UUID, sent: SentCommand, caller: Convener, command: convening.AddItem) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, CONVENERS, lambda work: convening.add_item(work, acting, sitting, command))


@router.post(f"{ITEM}/removal", summary="Take an application off the agenda")
async def take_off(sitting: UUID, application: UUID, sent: SentCommand, caller: Convener) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, CONVENERS, lambda work: convening.take_off_item(work, acting, sitting, application)
    )


@router.post(f"{ITEM}/transfer", summary="Move an application to another sitting")
async def move(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Convener, command: convening.MoveItem
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, CONVENERS, lambda work: convening.move_item(work, acting, sitting, application, command)
    )


@router.get(f"{ONE}/calendar", summary="The sitting for one's own calendar: iCalendar", response_class=Response)
async def calendar(sitting: UUID, request: Request, caller: Onlooker) -> Response:
    """The same entry, under the same title, as letters about the sitting bring."""
    work = await reading(request, caller)
    found = await sitting_of(work, sitting)
    must_see(caller, await body_of(work, found.body), found.day(work.now), found.day(found.starts_at))
    case = await case_of(work, next(iter(found.items)))
    title = getattr(case.procedure.body.title, caller.language)
    changes = sum(row.source == node_of(request).service.name for row in await work.facts(str(sitting)))
    meeting = Meeting(sitting, changes, found.starts_at, found.place, title, cancelled=found.over is not None)
    headers = {"Content-Disposition": f'attachment; filename="{sitting}.ics"'}
    return Response(ical(meeting, datetime.now(UTC)), media_type="text/calendar", headers=headers)


@router.get(f"{ITEM}/conclusions", summary="What the expertise concluded on an item, and which version lay there")
async def conclusions(sitting: UUID, application: UUID, request: Request, caller: Onlooker) -> list[ConclusionShown]:
    work = await reading(request, caller)
    found = await sitting_of(work, sitting)
    must_see(caller, await body_of(work, found.body), found.day(work.now), found.day(found.starts_at))
    item = found.item(application)
    await note_opening(request, caller, [application])
    return conclusions_shown(await case_of(work, application), item)


# -- the sitting


@router.post(f"{ONE}/roll-call", summary="Call the roll")
async def roll_call(sitting: UUID, sent: SentCommand, caller: Secretary, command: handlers.CallRoll) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, [Role.SECRETARY], lambda work: handlers.call_roll(work, acting, sitting, command))


@router.post(ITEM + "/recusals/{member}", summary="Record that a member takes no part in an item")
async def recusal(
    sitting: UUID, application: UUID, member: UUID, sent: SentCommand, caller: Member, command: handlers.Recuse
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, SEATED, lambda work: handlers.recuse(work, acting, sitting, application, member, command)
    )


@router.post(f"{ITEM}/note", summary="Note the discussion of an item")
async def note(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Secretary, command: handlers.Discuss
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: handlers.discuss(work, acting, sitting, application, command)
    )


@router.post(f"{ITEM}/votes", summary="Vote on an item, as a member")
async def vote(sitting: UUID, application: UUID, sent: SentCommand, caller: Member, command: handlers.Vote) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, SEATED, lambda work: handlers.vote(work, acting, sitting, application, command))


@router.post(f"{ITEM}/decision", summary="Close the vote: it is counted and decided")
async def decision(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Secretary, command: handlers.CloseVote
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: handlers.close_vote(work, acting, sitting, application, command)
    )


# -- reading


@router.get("/sittings", summary="Sittings, the latest first")
async def sittings(
    request: Request,
    caller: Onlooker,
    body: Annotated[UUID | None, Query(description="Of this body only")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[SittingListed]:
    """Dates and places of sittings are no secret among officials."""
    after = decode_cursor(cursor, tuple[datetime, str]) if cursor else None
    rows = await listed(node_of(request).log.pool, body=body, after=after, limit=limit + 1)
    found = await sittings_of(await reading(request, caller), [UUID(r.subject) for r in rows[:limit]])
    items = [sitting_listed(sitting) for sitting in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last["starts_at"], last.subject) if last else None)


@router.get(ONE, summary="One sitting, with what was said and voted")
async def one_sitting(sitting: UUID, request: Request, response: Response, caller: Onlooker) -> SittingShown:
    work = await reading(request, caller)
    found = await work.load(Sitting, Sitting.create_id(sitting))
    body = await body_of(work, found.body)
    must_see(caller, body, found.day(work.now), found.day(found.starts_at))
    await note_opening(request, caller, found.items)
    response.headers["ETag"] = etag(found.version)
    return sitting_shown(found, body)


@router.get("/convocations", summary="My convocations; what is listed is delivered")
async def convocations(
    request: Request, caller: Member, cursor: Cursor = None, limit: PageSize = 50
) -> Page[Convocation]:
    node, after = node_of(request), decode_cursor(cursor, tuple[datetime, str]) if cursor else None
    rows = await listed(node.log.pool, member=caller.account, after=after, limit=limit + 1)
    shown = [UUID(r.subject) for r in rows[:limit]]
    await node.perform(lambda work: convening.show_convocations(work, caller.account, shown), who(caller, *SEATED))
    found = await sittings_of(await reading(request, caller), shown)
    items = [convocation(sitting, caller.account) for sitting in found if sitting.convenes(caller.account)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last["starts_at"], last.subject) if last else None)


@router.get("/convocations/{sitting}", summary="One of my convocations; opening it is reading it")
async def one_convocation(sitting: UUID, request: Request, caller: Member) -> Convocation:
    node = node_of(request)
    await node.perform(lambda work: convening.open_convocation(work, caller.account, sitting), who(caller, *SEATED))
    work = await reading(request, caller)
    return convocation(await work.load(Sitting, Sitting.create_id(sitting)), caller.account)
