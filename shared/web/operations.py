"""What every service offers those who run it and watch over it: what is held back or parked, facts as they stand,
views built anew, who opened whose data."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, Json

from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel import held, openings
from shared.kernel.log import Row
from shared.kernel.node import Node
from shared.transport import parked
from shared.transport.parked import RecordPlace, Seal
from shared.transport.wire import Unfit
from shared.web.access import allow
from shared.web.commands import node_of
from shared.web.idempotency import idempotency_key
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.web.refusal import NotFound, Refused

Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]
Reader = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.AUDITOR))]
Auditor = Annotated[Caller, Depends(allow(Role.AUDITOR))]
Partition = Annotated[int, Field(ge=0, lt=2**31)]
Offset = Annotated[int, Field(ge=0, lt=2**63)]


class StillUnfit(Refused):
    """The record still can't enter the log."""

    takes = ("reason",)


class HeldFact(BaseModel):
    """A fact that a reader holds back: parked with an error, or waiting, or behind one that is."""

    reader: str = Field(examples=["intake-reactions"])
    subject: str
    fact: UUID
    awaits: tuple[str, ...]
    error: str | None
    since: datetime


class ParkedRecord(BaseModel):
    """A record that couldn't enter the log; `kept`: whether its bytes are here."""

    record: str = Field(description="Names it in the other routes")
    cluster: str
    topic: str
    partition: int
    offset: int
    reason: str
    kept: bool
    at: datetime


class RawRecord(BaseModel):
    """The record as it came; bytes in base64."""

    topic: str
    key: str | None
    value: str | None
    headers: list[tuple[str, str]]


class FactShown(BaseModel):
    """A public fact as it stands in this service's log; personal fields stay sealed."""

    id: UUID
    stream: str = Field(examples=["intake:0f8fad5b-d9cb-469f-a165-70867728950e"])
    version: int
    subject: str
    type: str = Field(examples=["ApplicationRegistered"])
    recorded_at: datetime
    origin: str | None = Field(description="The service that it was copied from; none for an own fact")
    data: Json[Any]
    meta: Json[Any]


class Rebuilt(BaseModel):
    view: str
    rows: int


class Done(BaseModel):
    """It was done; there is nothing more to say."""

    id: str


def fact_shown(row: Row) -> FactShown:
    return FactShown(
        id=row.id,
        stream=row.stream,
        version=row.version,
        subject=row.subject or "",
        type=row.type,
        recorded_at=row.at,
        origin=row.origin,
        data=row.data,
        meta=row.meta,
    )


async def facts_about(node: Node, subject: str) -> list[FactShown]:
    """Every public fact about a subject that this service knows, by stream and version."""
    rows = await node.log.subjects([subject])
    return [fact_shown(r) for r in sorted(rows, key=lambda r: (r.at, r.stream, r.version))]


def operations(prefix: str) -> APIRouter:
    """The router to include under a service's prefix."""
    router = APIRouter(prefix=prefix, tags=["operations"])
    keyed = [Depends(idempotency_key)]  # doing any of these again does no harm, so nothing is remembered
    router.get("/parked", summary="What readers hold back")(_held)
    router.post("/parked/{reader}/{subject}/retry", summary="Take it up again", dependencies=keyed)(_retry)
    router.delete("/parked/{reader}/{subject}/{fact}", summary="Give a parked fact up", dependencies=keyed)(_discard)
    router.get("/records/parked", summary="Records that couldn't enter the log")(_records)
    router.get("/records/parked/{record}", summary="One of them, raw")(_record)
    router.post("/records/parked/{record}/retry", summary="Let it enter", dependencies=keyed)(_retry_record)
    router.delete("/records/parked/{record}", summary="Give it up for ever", dependencies=keyed)(_discard_record)
    router.post("/views/{view}/rebuild", summary="Build a read model anew", dependencies=keyed)(_rebuild)
    router.get("/facts/{subject}", summary="Public facts about a subject")(_facts)
    router.get("/openings", summary="Who opened whose data")(_openings)
    return router


async def _openings(
    request: Request, _: Auditor, cursor: Cursor = None, limit: PageSize = 50
) -> Page[openings.Opening]:
    return await openings.listed(node_of(request).log.pool, cursor, limit)


async def _held(request: Request, _: Reader, waiting: bool = False) -> list[HeldFact]:
    """What is parked with an error; with `waiting`, also what only waits."""
    found = await held.listed(node_of(request).log, waiting)
    return [HeldFact(**{name: getattr(h, name) for name in HeldFact.model_fields}) for h in found]


async def _retry(request: Request, reader: str, subject: str, _: Operator) -> Done:
    """Take the subject's facts up anew, in order."""
    await node_of(request).retry(reader, subject)
    return Done(id=subject)


async def _discard(request: Request, reader: str, subject: str, fact: UUID, _: Operator) -> Done:
    """The fact stays in the log; this reader passes over it and takes up what stood behind it."""
    await node_of(request).retry(reader, subject, discarding=fact)
    return Done(id=str(fact))


async def _records(request: Request, _: Reader) -> list[ParkedRecord]:
    return [
        ParkedRecord(record=encode_cursor(*p.place), **p.place._asdict(), reason=p.reason, kept=p.kept, at=p.at)
        for p in await parked.parked(node_of(request).log)
    ]


async def _record(request: Request, record: str, _: Operator) -> RawRecord:
    raw = await parked.show(node_of(request).log, _place(record), _seal(request))
    if raw is None:
        raise NotFound
    headers = [(name, _base64(value) or "") for name, value in raw.headers]
    return RawRecord(topic=raw.topic, key=_base64(raw.key), value=_base64(raw.value), headers=headers)


async def _retry_record(request: Request, record: str, _: Operator) -> Done:
    try:
        await parked.retry(node_of(request).log, _place(record), _seal(request))
    except Unfit as unfit:
        raise StillUnfit(reason=str(unfit)) from unfit
    return Done(id=record)


async def _discard_record(request: Request, record: str, _: Operator) -> Done:
    await parked.discard(node_of(request).log, _place(record))
    return Done(id=record)


async def _rebuild(request: Request, view: str, _: Operator) -> Rebuilt:
    return await _rebuilt(node_of(request), view)


async def _facts(request: Request, subject: str, _: Reader) -> list[FactShown]:
    return await facts_about(node_of(request), subject)


async def _rebuilt(node: Node, view: str) -> Rebuilt:
    projector = next((p for p in node.projectors if p.view.name == view), None)
    if projector is None:
        raise NotFound
    return Rebuilt(view=view, rows=await projector.rebuild())


def _place(record: str) -> RecordPlace:
    return RecordPlace(*decode_cursor(record, tuple[str, str, Partition, Offset]))


def _seal(request: Request) -> Seal:
    return Seal(request.app.state.secret)


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()
