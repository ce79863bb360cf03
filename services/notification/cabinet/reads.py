"""Reading the cabinet's rows: SQL beside its getters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from shared.kernel import openings
from shared.kernel.log import Log, Place, Row

COLUMNS = "v.subject, v.account, v.provider, v.registered_at, v.version, v.tx, v.position, v.traceparent, v.state"
ONE = f"select {COLUMNS} from views.cabinet v where subject = $1"
OWN = (
    f"select {COLUMNS} from views.cabinet v where account = $1"
    " and ($2::timestamptz is null or (registered_at, subject) < ($2, $3))"
    " order by registered_at desc, subject desc limit $4"
)
CHANGED = (
    f"select {COLUMNS}, c.tx as seen_tx, c.position as seen_position from cursors c"
    " left join views.cabinet v on (v.tx, v.position) > ($1::bigint, $2::bigint)"
    " and ($3::uuid is null or v.account = $3) and ($4::text is null or v.subject = $4)"
    " where c.name = 'cabinet'"
)
SEEN = "select tx, position from cursors where name = 'cabinet'"
CAUGHT_UP = (
    "select count(*) = $2 and not exists(select from held where reader = $4 and subject = $3)"
    " from events e, cursors c where c.name = $4 and e.stream = $1 and e.version <= $2"
    " and (e.tx, e.position) <= (c.tx, c.position)"
)
STORE = "select md5(system_identifier::text || current_database()) from pg_control_system()"


@dataclass(frozen=True, slots=True)
class Shown:
    """One application as the cabinet has it; `place`, `traceparent`: of its newest fact in this service's log."""

    application: str
    account: UUID
    provider: str
    registered_at: datetime
    version: int
    place: Place
    state: dict[str, Any]
    traceparent: str | None = None


async def one(log: Log, application: UUID) -> Shown | None:
    row = await log.pool.fetchrow(ONE, str(application))
    return _shown(row) if row else None


async def own(log: Log, account: UUID, after: tuple[datetime, str] | None, limit: int) -> list[Shown]:
    """The account's applications, newest first."""
    rows = await log.pool.fetch(OWN, account, *(after or (None, None)), limit)
    return [_shown(r) for r in rows]


async def changed(
    log: Log, after: Place, account: UUID | None = None, application: str | None = None
) -> tuple[list[Shown], Place]:
    """What has changed after this place, and up to which place the view has come: read in one statement."""
    rows = await log.pool.fetch(CHANGED, *after, account, application)
    if not rows:
        return [], after
    return [_shown(r) for r in rows if r["subject"]], Place(rows[0]["seen_tx"], rows[0]["seen_position"])


async def seen(log: Log) -> Place:
    """Up to which place the view has come."""
    row = await log.pool.fetchrow(SEEN)
    return row.place if row else Place(0, 0)


async def has_seen(log: Log, view: str, stream: str, version: int) -> bool:
    """Whether this view holds this stream's facts up to that version, none missing."""
    subject = stream.partition(":")[2]
    return bool(await log.pool.fetchval(CAUGHT_UP, stream, version, subject, view))


async def note_opening(log: Log, account: UUID, application: UUID, route: str) -> None:
    """An official opens a person's data: recorded apart from the facts."""
    await openings.record(log.pool, account, [application], route)


async def store_identity(log: Log) -> str:
    """Names this store: a place means something only in the store whose log it is of."""
    return str(await log.pool.fetchval(STORE))[:8]


def cut(rows: Sequence[Shown], size: int) -> tuple[Sequence[Shown], bool]:
    """A page of the rows read, one more having been asked for: the page, and whether there is a rest."""
    return rows[:size], len(rows) > size


def _shown(row: Row) -> Shown:
    return Shown(
        row.subject or "",
        row["account"],
        row["provider"],
        row["registered_at"],
        row.version,
        row.place,
        from_json(row["state"]),
        row["traceparent"],
    )
