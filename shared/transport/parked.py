"""Records that couldn't enter the log: kept raw and sealed for the operator, with the reason, while others pass."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ConfigDict, TypeAdapter

from shared.kernel.log import Log
from shared.transport.entering import enter
from shared.transport.wire import Record, Unfit, received
from shared.web.refusal import NotFound

PARK = (
    "insert into parked_records(cluster, topic, part, offs, reason, raw)"
    " values($1, $2, $3, $4, $5, $6) on conflict do nothing"
)
LISTED = (
    "select cluster, topic, part, offs, reason, raw is not null as kept, at from parked_records"
    " order by at, topic, part, offs"
)
AT = "cluster = $1 and topic = $2 and part = $3 and offs = $4"
RAW = f"select raw from parked_records where {AT}"
REASON = f"update parked_records set reason = $5 where {AT}"
FORGET = f"delete from parked_records where {AT}"
RECORDS = TypeAdapter(Record, config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
NONCE = 12


class RecordPlace(NamedTuple):
    """Where a record lies: in a Kafka cluster, or, with the cluster `log:<service>`, in that service's log."""

    cluster: str
    topic: str
    partition: int
    offset: int


class Refused(NamedTuple):
    """A record that couldn't enter; `record` is None where its bytes couldn't be had."""

    place: RecordPlace
    record: Record | None
    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """What the operator sees of it. `kept`: whether its bytes are here; else they are only at its place."""

    place: RecordPlace
    reason: str
    kept: bool
    at: datetime


class Seal:
    """Keeps raw records unreadable without the installation's secret; bound to their place."""

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"reglament parked records").derive(secret))

    def close(self, place: RecordPlace, record: Record) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, RECORDS.dump_json(record), _name(place))

    def open(self, place: RecordPlace, sealed: bytes) -> Record:
        """Raises cryptography's InvalidTag with another secret or at another place."""
        return RECORDS.validate_json(self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], _name(place)))


def _name(place: RecordPlace) -> bytes:
    return "/".join(map(str, place)).encode()


async def park(connection: Any, seal: Seal, refused: Iterable[Refused]) -> None:
    """Keep these; one that is kept already stays as it is."""
    for place, record, reason in refused:
        raw = seal.close(place, record) if record else None
        await connection.execute(PARK, *place, reason[:500], raw)


async def parked(log: Log) -> list[Parked]:
    """Everything that is parked in this service, oldest first."""
    rows = await log.pool.fetch(LISTED)
    return [Parked(RecordPlace(*tuple(r)[:4]), r["reason"], r["kept"], r["at"]) for r in rows]


async def show(log: Log, place: RecordPlace, seal: Seal) -> Record | None:
    """The record as it came; None where only its place is known. Raises NotFound."""
    row = await log.pool.fetchrow(RAW, *place)
    if row is None:
        raise NotFound
    return seal.open(place, row["raw"]) if row["raw"] else None


async def retry(log: Log, place: RecordPlace, seal: Seal) -> None:
    """Let the record enter the log now. Raises Unfit with the reason, which is kept, or NotFound."""
    record = await show(log, place, seal)
    try:
        await _enter(log, place, record)
    except Unfit as unfit:
        await log.pool.execute(REASON, *place, str(unfit)[:500])
        raise
    log.ring()


async def _enter(log: Log, place: RecordPlace, record: Record | None) -> None:
    if record is None:
        raise Unfit("its bytes couldn't be read; they lie only where it came from")
    row = received(record, log.service)
    async with log.pool.acquire() as connection, connection.transaction():
        if refused := await enter(connection, [row]):
            raise Unfit(refused[0])
        await connection.execute(FORGET, *place)


async def discard(log: Log, place: RecordPlace) -> None:
    """Give the record up for ever. Raises NotFound."""
    if await log.pool.execute(FORGET, *place) == "DELETE 0":
        raise NotFound
