"""What is held back or parked: shown, taken up again, given up."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from shared.kernel import held
from shared.transport import parked
from shared.transport.parked import RecordPlace, Seal
from shared.transport.wire import Unfit
from shared.web.commands import node_of
from shared.web.operations.who import KEYED, Done, Operator, Reader
from shared.web.pagination import decode_cursor, encode_cursor
from shared.web.refusal import NotFound, Refused

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


def add_parked(router: APIRouter) -> None:
    router.get("/parked", summary="What readers hold back")(_held)
    router.post("/parked/{reader}/{subject}/retry", summary="Take it up again", dependencies=KEYED)(_retry)
    router.delete("/parked/{reader}/{subject}/{fact}", summary="Give a parked fact up", dependencies=KEYED)(_discard)
    router.get("/records/parked", summary="Records that couldn't enter the log")(_records)
    router.get("/records/parked/{record}", summary="One of them, raw")(_record)
    router.post("/records/parked/{record}/retry", summary="Let it enter", dependencies=KEYED)(_retry_record)
    router.delete("/records/parked/{record}", summary="Give it up for ever", dependencies=KEYED)(_discard_record)


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


def _place(record: str) -> RecordPlace:
    return RecordPlace(*decode_cursor(record, tuple[str, str, Partition, Offset]))


def _seal(request: Request) -> Seal:
    return Seal(request.app.state.secret)


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()
