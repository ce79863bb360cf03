"""Facts that a follower holds back: waiting for others, parked with an error, or standing behind one that is.

A parked fact is a reference: the fact itself is in the log. Later facts of its subject stay behind it, others pass.
"""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.log import Log, Place
from shared.web.refusal import Refused

TOUCHED = (
    "select subject, tx, position, fact, awaits, error, since from held where reader = $1 and subject in"
    " (select subject from held where reader = $1 and (subject = any($2::text[]) or awaits && $2::text[]))"
    " order by tx, position"
)
HOLD = (
    "insert into held(reader, subject, tx, position, fact, awaits, error)"
    " select $1, $2, $3, $4, $5, $6, $7 on conflict (reader, subject, tx, position)"
    " do update set awaits = excluded.awaits, error = excluded.error"
)
RELEASE = "delete from held where reader = $1 and (tx, position) in (select * from unnest($2::xid8[], $3::bigint[]))"
PARKED = "select subject from held where reader = $1 and subject = any($2::text[]) and error is not null for update"
PLACES = "select tx, position from held where reader = $1 and subject = $2"
LISTED = (
    "select reader, subject, tx, position, fact, awaits, error, since from held where error is not null or $1"
    " order by since"
)


class Hold(NamedTuple):
    """Hold this fact back: until one of `awaits` comes, or, with an error, until an operator has it retried."""

    subject: str
    place: Place
    fact: UUID
    awaits: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back, for whom and why. Neither awaits nor error: it stands behind one that has."""

    reader: str
    subject: str
    place: Place
    fact: UUID
    awaits: tuple[str, ...]
    error: str | None
    since: datetime


async def touched(log: Log, reader: str, came: Iterable[str]) -> list[Held]:
    """What this reader holds of the subjects that facts have come about, or that await these subjects or fact ids."""
    rows = await log.pool.fetch(TOUCHED, reader, sorted(set(came)))
    return [_held(reader, r) for r in rows]


async def listed(log: Log, everything: bool = False) -> list[Held]:
    """What is parked; with `everything`, also what waits."""
    return [_held(r["reader"], r) for r in await log.pool.fetch(LISTED, everything)]


async def hold(connection: Any, reader: str, holds: Iterable[Hold]) -> None:
    rows = [(reader, h.subject, *h.place, h.fact, list(h.awaits), h.error) for h in holds]
    if rows:
        await connection.executemany(HOLD, rows)


async def release(connection: Any, reader: str, places: Sequence[Place]) -> bool:
    """Let go of these; False when another worker did so first."""
    done = await connection.execute(RELEASE, reader, [p.tx for p in places], [p.position for p in places])
    return int(done.split()[1]) == len(places)


async def still_parked(connection: Any, reader: str, subjects: Iterable[str]) -> bool:
    """Whether all these subjects are parked, and stay so until this transaction ends."""
    wanted = sorted(set(subjects))
    return not wanted or {r["subject"] for r in await connection.fetch(PARKED, reader, wanted)} == set(wanted)


async def holds_only(connection: Any, reader: str, subject: str, places: Iterable[Place]) -> bool:
    """Whether nothing of the subject is held back beside these."""
    return {Place(r["tx"], r["position"]) for r in await connection.fetch(PLACES, reader, subject)} <= set(places)


def why(error: Exception) -> str:
    """Kept of an error: a refusal's code, else its type and where it arose: messages may quote people's data."""
    if isinstance(error, Refused):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{place}"


def _held(reader: str, r: Any) -> Held:
    place = Place(r["tx"], r["position"])
    return Held(reader, r["subject"], place, r["fact"], tuple(r["awaits"]), r["error"], r["since"])
