"""What a service waits for, since when: sources not heard of, readers behind, versions that stay missing, transactions;
and what it lacks since it was restored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.contracts.topics import READERS
from shared.kernel.follow import stands
from shared.kernel.log import AS_IT_LIES, PUBLIC, START, Log
from shared.kernel.missing import COUNT

PATIENCE = timedelta(seconds=5)
"""What is younger is under way."""
NEXT = (
    "select at from events where (tx, position) > ($1, $2) and tx < pg_snapshot_xmin(pg_current_snapshot())"
    f" and {PUBLIC} order by tx, position limit 1"
)
HEARD = "select source, at from watermarks"
GAPS = """select stream, version, before, at, subject from (
    select stream, version, subject, at, lag(version, 1, 0) over (partition by stream order by version) as before
    from events where origin is not null
  ) f where version > before + 1 and at < $1 order by at limit 1000"""
# The one that holds back every reader of this cluster: nothing younger than it is read.
OLDEST = """select pid, usename as role, application_name as application, xact_start as since, state
  from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
  order by age(backend_xid) desc limit 1"""


@dataclass(frozen=True, slots=True)
class Late:
    """Something that doesn't come or doesn't go on. `kind`: source, reader, gap, log. `since` None: never."""

    kind: str
    name: str
    since: datetime | None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open writing transaction. `since` and `state` are known of the service's own sessions alone, unless its role
    may read others'."""

    pid: int
    role: str
    application: str
    since: datetime | None
    state: str | None


async def late(log: Log, readers: Iterable[str]) -> list[Late]:
    """Everything that is late by more than PATIENCE."""
    limit = datetime.now(UTC) - PATIENCE
    found = [
        *await _restored(log),
        *await _sources(log),
        *[await _reader(log, name) for name in readers],
        *await _gaps(log, limit),
    ]
    return [entry for entry in found if entry and (entry.since is None or entry.since < limit)]


async def oldest_transaction(log: Log) -> Transaction | None:
    row = await log.pool.fetchrow(OLDEST)
    return Transaction(row["pid"], row["role"], row["application"], row["since"], row["state"]) if row else None


async def _restored(log: Log) -> list[Late]:
    """How many facts of its own only neighbours have."""
    missing = await log.pool.fetchval(COUNT)
    return [Late("log", str(missing), None)] if missing else []


async def _sources(log: Log) -> list[Late]:
    heard = {r["source"]: r["at"] for r in await log.pool.fetch(HEARD)}
    return [Late("source", source, heard.get(source)) for source, readers in READERS.items() if log.service in readers]


async def _reader(log: Log, name: str) -> Late | None:
    """By the first fact that it hasn't read."""
    row = await log.pool.fetchrow(NEXT, *(await stands(log, name) or START))
    return Late("reader", name, row["at"]) if row else None


async def _gaps(log: Log, before: datetime) -> list[Late]:
    async with log.pool.acquire() as connection, connection.transaction():
        await connection.execute(AS_IT_LIES)
        rows = await connection.fetch(GAPS, before)
    return [Late("gap", f"{r['stream']}@{r['before'] + 1}", r["at"], r["subject"]) for r in rows]
