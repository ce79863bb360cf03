"""The log of one service: append, copy, read. What the database can refuse, it refuses: nothing updates or deletes.

Readers take only transactions older than every open one, ordered by (tx, position): a plain sequence loses facts.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.kernel import points
from shared.kernel.grounds import Ground, stand, within
from shared.telemetry.metrics import APPENDS, delivered
from shared.telemetry.spans import part

COLUMNS = "id, stream, version, subject, type, data, meta, at, origin"
ROWS = (
    "select * from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],"
    " $8::timestamptz[], $9::text[])"
)
APPEND = (
    "with answered as (insert into answers(scope, key, body, status, result)"
    " select * from unnest($10::text[], $11::text[], $12::text[], $13::int[], $14::text[]))"
    f" insert into events({COLUMNS}) {ROWS}"
)
COPY = f"insert into events({COLUMNS}) {ROWS} on conflict do nothing"
COPY_LOCK = "select pg_advisory_xact_lock(7162002)"
FORKS = (
    "select stream, version from unnest($1::uuid[], $2::text[], $3::int[]) n(id, stream, version)"
    " where not exists (select from events e where (e.stream, e.version, e.id) = (n.stream, n.version, n.id))"
)
KEPT = f"select tx, position, {COLUMNS} from events"
READ = (
    f"{KEPT} where (tx, position) > ($1, $2)"
    " and tx < pg_snapshot_xmin(pg_current_snapshot()) and %s order by tx, position limit $3"
)
EVERYTHING, PUBLIC, OWN_PUBLIC = "true", "subject is not null", "subject is not null and origin is null"
STREAM = f"{KEPT} where stream = $1 order by version"
SUBJECTS = f"{KEPT} where subject = any($1::text[])"
OR_STREAMS = f" union all {KEPT} where stream = any($2::text[]) order by version"
PLACES = f"{KEPT} where (tx, position) in (select * from unnest($1::xid8[], $2::bigint[]))"
HEAD = (
    "select tx, position from events where tx < pg_snapshot_xmin(pg_current_snapshot()) and %s"
    " order by tx desc, position desc limit 1"
)
GROUP = 200
BY_INDEX = {"enable_seqscan": "off"}
"""What a service asks its stores for all the time has an index. The server keeps a plan for as long as it knows nothing new of
a table, minutes: one made while the table was small would read all of it, again and again, while it grows under load."""
AS_IT_LIES = "set local enable_seqscan = on"
"""For what looks at all of a table, within its transaction."""


class Conflict(Exception):
    """Somebody else appended first: read and decide again."""


class Forked(Exception):
    """The same place in a stream holds another fact, or the same fact stands in another place: two histories."""


class OutcomeUnknown(Exception):
    """The connection went while a commit was under way: it may have happened or not."""


OVERTAKEN = (asyncpg.UniqueViolationError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # how asyncpg sometimes tells that the server has just ended the session
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)


class Place(NamedTuple):
    """Where a fact stands in this service's log. Never leaves the service except inside opaque cursors."""

    tx: int
    position: int


START = Place(0, 0)


def _column(name: str) -> Any:
    """Each fact is read many times: `__getattr__` would cost seven times as much."""
    return property(itemgetter(name))


class Row(asyncpg.Record):
    """A fact as it stands in the log."""

    tx: int = _column("tx")
    position: int = _column("position")
    id: UUID = _column("id")
    stream: str = _column("stream")
    version: int = _column("version")
    subject: str | None = _column("subject")
    type: str = _column("type")
    data: str = _column("data")
    meta: str = _column("meta")
    at: datetime = _column("at")
    origin: str | None = _column("origin")

    @property
    def place(self) -> Place:
        return Place(self["tx"], self["position"])

    @property
    def source(self) -> str:
        """The service whose fact it is, by its public stream `<service>:<subject>`."""
        return str(self["stream"]).partition(":")[0]


class NewRow(NamedTuple):
    """A fact to be appended, in the order of COLUMNS."""

    id: UUID
    stream: str
    version: int
    subject: str | None
    type: str
    data: str
    meta: str
    at: datetime
    origin: str | None = None


class Answer(NamedTuple):
    """What a command with an Idempotency-Key was answered: status and the id of its result."""

    scope: str
    key: str
    body: str
    status: int
    result: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one command writes, all of it or nothing, and what else it was decided on."""

    rows: tuple[NewRow, ...]
    answers: tuple[Answer, ...] = ()
    grounds: tuple[Ground, ...] = ()


async def append(connection: Any, batches: Sequence[Batch]) -> None:
    """Write in one statement, sorted so that writers don't lock each other out; with grounds, within a transaction.

    Raises Conflict."""
    rows = sorted((r for b in batches for r in b.rows), key=lambda r: (r.stream, r.version))
    answers, grounds = sorted(a for b in batches for a in b.answers), [g for b in batches for g in b.grounds]
    try:
        if grounds and not await stand(connection, grounds):
            raise Conflict
        await connection.execute(APPEND, *_columns(rows, len(NewRow._fields)), *_columns(answers, len(Answer._fields)))
    except OVERTAKEN:
        raise Conflict from None


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(c) for c in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


async def copy(connection: Any, rows: Sequence[NewRow]) -> None:
    """Append others' facts verbatim; what is there already is there. Raises Forked when another fact has the place.

    The lock comes before the first write, so that two copiers of the same rows can't mix the log's order.
    """
    await connection.execute(COPY_LOCK)
    columns = list(zip(*rows, strict=True))
    done = await connection.execute(COPY, *columns)
    if int(done.split()[2]) == len(rows):  # of facts that come again the delivery says nothing
        delivered((row.origin or "", row.at) for row in rows)
    elif forks := await connection.fetch(FORKS, *columns[:3]):
        raise Forked(", ".join(f"{f['stream']}@{f['version']}" for f in forks))


async def keep(_: Any) -> None:
    """asyncpg's default reset is one more round trip at every release."""


class Log:
    """One service's store: its pool, its log, and the bells that wake those who follow it, or who read what it says.

    `followers` of this process, by service and kind: in which log the cursor is kept, its name, which facts they take.
    """

    def __init__(self, service: str, dsn: str, size: int = 8) -> None:
        self.service, self.dsn, self.size = service, dsn, size
        self.bells, self.readers = set[asyncio.Event](), set[asyncio.Event]()
        self.followers: dict[tuple[str, str], tuple[Log, str, str]] = {}
        self.committed, self.facts_committed = asyncio.Event(), False
        self._appending = APPENDS.labels(service)
        self._waiting: list[tuple[Batch, asyncio.Future[None]]] = []
        self._lane: asyncio.Task[None] | None = None

    async def open(self) -> "Log":
        self.pool = await asyncpg.create_pool(
            self.dsn,
            record_class=Row,
            min_size=1,
            max_size=self.size,
            reset=keep,
            command_timeout=60,
            server_settings={"search_path": "public, views", "application_name": self.service, **BY_INDEX},
        )
        return self

    async def close(self) -> None:
        if self._lane:
            await self._lane
        await self.pool.close()

    def ring(self, facts: bool = True) -> None:
        """This process committed facts, or read models alone: wake who waits, here and, where bells ring between, elsewhere."""
        self.facts_committed |= facts
        self.committed.set()
        self.wake(facts)

    def wake(self, facts: bool = True) -> None:
        """Something was committed: wake this process's followers if it was facts, and in any case who waits for answers."""
        for bell in (self.bells | self.readers) if facts else self.readers:
            bell.set()

    async def append(self, batch: Batch) -> None:
        """Commit one command's facts. What arrives while one statement runs goes into the next (group commit).

        Raises Conflict, or OutcomeUnknown when the connection was lost under way.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, done))
        with part("append"), self._appending.time():
            if self._lane is None:
                self._lane = asyncio.create_task(self._flush())
            await done

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                await self._commit_group(group)
                self.ring()
        finally:
            self._lane = None

    async def _commit_group(self, group: list[tuple[Batch, asyncio.Future[None]]]) -> None:
        """One statement for all. Where it failed for sure, each alone: one that can't be written hinders no other."""
        error = await self._commit([b for b, _ in group])
        alone = error and not isinstance(error, OutcomeUnknown) and len(group) > 1
        for batch, done in group:
            _tell(done, await self._commit([batch]) if alone else error)

    async def _commit(self, batches: list[Batch]) -> Exception | None:
        try:
            points.reached("append: before commit")
            async with within(self.pool, [g for b in batches for g in b.grounds]) as connection:
                await append(connection, batches)
            points.reached("append: committed")
        except LOST as lost:
            return OutcomeUnknown(type(lost).__name__)
        except Exception as error:
            return error
        return None

    async def read(self, after: Place, where: str = EVERYTHING, limit: int = 500) -> list[Row]:
        return await self.pool.fetch(READ % where, *after, limit)

    async def stream(self, stream: str) -> list[Row]:
        return await self.pool.fetch(STREAM, stream)

    async def subjects(self, subjects: Iterable[str]) -> list[Row]:
        """Every public fact about these subjects that this service knows, in no order."""
        return await self.pool.fetch(SUBJECTS, list(subjects))

    async def together(self, subjects: Sequence[str], streams: Sequence[str]) -> list[Row]:
        """The same, and these private streams, by version."""
        return await self.pool.fetch(SUBJECTS + OR_STREAMS, subjects, streams)

    async def at(self, places: Sequence[Place]) -> list[Row]:
        return await self.pool.fetch(PLACES, [p.tx for p in places], [p.position for p in places]) if places else []

    async def head(self, where: str = EVERYTHING) -> Place:
        row = await self.pool.fetchrow(HEAD % where)
        return row.place if row else START


def _tell(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if not done.done() and error:
        done.set_exception(error)
    elif not done.done():
        done.set_result(None)
