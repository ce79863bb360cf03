"""Bodies over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from services.commission.body.domain import Body, Composition, Seat
from services.commission.body.handlers import Appoint, FormBody, Relieve, appoint, form_body, relieve
from services.commission.commands import SEATED
from services.commission.routes import OFFICIALS, PREFIX, Operator
from services.commission.sitting.reading import body_of
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork
from shared.web.access import allow
from shared.web.commands import Accepted
from shared.web.etag import etag
from shared.web.sent import SentCommand, reading

FORMED = "select stream from events where type = 'body.formed' order by stream"

router = APIRouter(prefix=f"{PREFIX}/bodies", tags=["bodies"])
Onlooker = Annotated[Caller, Depends(allow(*OFFICIALS, *SEATED, Role.OPERATOR, Role.AUDITOR))]


class TenureShown(BaseModel):
    account: UUID
    name: str | None
    seat: Seat
    since: date
    until: date | None = Field(description="First day without the seat")


class BodyShown(BaseModel):
    """A body; `today`: as composed on the present legal day (UTC)."""

    id: UUID
    kind: str = Field(examples=["competition-commission"])
    provider: str = Field(examples=["karaganda-region"])
    seats: list[TenureShown]
    today: Composition
    version: int


@router.post("", status_code=201, summary="Form a body")
async def form(sent: SentCommand, caller: Operator, command: FormBody) -> Accepted:
    return await sent.perform(caller, [Role.OPERATOR], lambda work: form_body(work, command))


@router.post("/{body}/appointments", summary="Give somebody a seat from a day on")
async def give_seat(body: UUID, sent: SentCommand, caller: Operator, command: Appoint) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, [Role.OPERATOR], lambda work: appoint(work, acting, body, command))


@router.post("/{body}/reliefs", summary="End somebody's seat")
async def end_seat(body: UUID, sent: SentCommand, caller: Operator, command: Relieve) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, [Role.OPERATOR], lambda work: relieve(work, acting, body, command))


@router.get("", summary="All bodies")
async def bodies(request: Request, caller: Onlooker) -> list[BodyShown]:
    work = await reading(request, caller)
    streams = await work.log.pool.fetch(FORMED)
    return [_shown(await work.load(Body, row["stream"]), work) for row in streams]


@router.get("/{body}", summary="One body and who has had which seat")
async def one_body(body: UUID, request: Request, response: Response, caller: Onlooker) -> BodyShown:
    work = await reading(request, caller)
    shown = _shown(await body_of(work, body), work)
    response.headers["ETag"] = etag(shown.version)
    return shown


def _shown(body: Body, work: UnitOfWork) -> BodyShown:
    names = {account: name.text for account, name in body.names.items()}
    return BodyShown(
        id=body.body,
        kind=body.kind,
        provider=body.provider,
        seats=[TenureShown(name=names.get(t.account), **t.model_dump()) for t in body.tenures],
        today=body.on(work.now.date()),
        version=body.version,
    )
