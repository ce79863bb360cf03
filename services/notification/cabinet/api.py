"""The cabinet over HTTP: an applicant's own applications; an official opens one of the provider's, which is noted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AwareDatetime

from services.notification.cabinet import reads
from services.notification.cabinet.access import OFFICIALS, must_be_shown
from services.notification.cabinet.after import Awaits, not_here
from services.notification.cabinet.model import State, Summary
from services.notification.cabinet.reads import Shown
from services.notification.cabinet.render import render
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.texts.languages import Language, choose_locale
from shared.web.access import allow
from shared.web.commands import node_of
from shared.web.etag import etag
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor

router = APIRouter(prefix="/api/cabinet/v1", tags=["cabinet"])
official = APIRouter(prefix="/api/notification/v1", tags=["applications"])

Applicant = Annotated[Caller, Depends(allow(Role.APPLICANT, Role.REPRESENTATIVE))]
Official = Annotated[Caller, Depends(allow(*OFFICIALS))]
AcceptLanguage = Annotated[str | None, Header(description="kk, ru or en")]


@router.get("/applications", summary="My applications, newest first", dependencies=[Depends(Awaits("cabinet"))])
async def list_applications(
    request: Request,
    response: Response,
    caller: Applicant,
    accept_language: AcceptLanguage = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[Summary]:
    place = decode_cursor(cursor, tuple[AwareDatetime, str]) if cursor else None
    node, language = node_of(request), _language(response, accept_language)
    page, more = reads.cut(await reads.own(node.log, caller.account, place, limit + 1), limit)
    now = await node.clock.now()
    following = encode_cursor(page[-1].registered_at, page[-1].application) if more else None
    return Page(items=[_summary(shown, language, now) for shown in page], next=following)


@router.get("/applications/{application}", summary="One of my applications", dependencies=[Depends(Awaits("cabinet"))])
async def read_application(
    request: Request, response: Response, application: UUID, caller: Applicant, accept_language: AcceptLanguage = None
) -> State:
    shown = await reads.one(node_of(request).log, application)
    if shown is None or shown.account != caller.account:
        raise not_here(response)
    return await _state(request, response, shown, accept_language)


@official.get(
    "/applications/{application}", summary="An application of my provider", dependencies=[Depends(Awaits("cabinet"))]
)
async def open_application(
    request: Request, response: Response, application: UUID, caller: Official, accept_language: AcceptLanguage = None
) -> State:
    shown = await reads.one(node_of(request).log, application)
    if shown is None:
        raise not_here(response)
    must_be_shown(caller, shown)
    await reads.note_opening(node_of(request).log, caller.account, application, "GET /applications/{application}")
    return await _state(request, response, shown, accept_language)


async def _state(request: Request, response: Response, shown: Shown, accept_language: str | None) -> State:
    response.headers["ETag"] = etag(shown.version)
    told = render(shown.state, _language(response, accept_language), await node_of(request).clock.now())
    return State.model_validate({**told, "version": shown.version})


def _summary(shown: Shown, language: Language, now: datetime) -> Summary:
    told = render(shown.state, language, now)
    overdue = any(o["overdue"] for o in told["open"])
    more = {"version": shown.version, "registered_at": shown.registered_at, "overdue": overdue}
    return Summary.model_validate({**told, **more})


def _language(response: Response, accept_language: str | None) -> Language:
    language = choose_locale(accept_language)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    return language
