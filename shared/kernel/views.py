"""Read models: rows folded from all facts about a subject, dropped and rebuilt at any time from the service's own log.

The live fold takes the touched subjects; a rebuild goes by subject into a table beside the live one and switches at the
end, so that readers never see a half.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic_core import to_json

from shared.kernel import held
from shared.kernel.follow import MOVE, TROUBLE, Effect, Moved, Waiting, cursor, follow
from shared.kernel.held import Hold
from shared.kernel.log import PUBLIC, START, Conflict, Log, Row
from shared.kernel.tasks import ended
from shared.kernel.vault import Vault

PRIVATE = "subject is null"
FORM = "select form from views where name = $1"
PERSONS = "select person::uuid from unnest($1::text[]) person where pg_input_is_valid(person, 'uuid')"
ALONE = "select pg_try_advisory_lock(7162003, hashtext($1))"
NOTE_FORM = "insert into views(name, form) values($1, $2) on conflict (name) do update set form = excluded.form"
SET_CURSOR = (
    "insert into cursors(name, tx, position) values($1, $2, $3)"
    " on conflict (name) do update set tx = excluded.tx, position = excluded.position"
)
FORGET_HELD = "delete from held where reader = $1"
FOLDED = "delete from held where reader = $1 and subject = any($2::text[])"
TAKE_HELD = "update held set reader = $1 where reader = $2"
STREAMS = """with recursive s as (
  (select stream from events where stream > $1 and stream < $3 order by stream limit 1)
  union all
  select (select stream from events where stream > s.stream and stream < $3 order by stream limit 1) from s
  where s.stream is not null
) select stream as subject from s where stream is not null limit $2"""
SUBJECTS = """with recursive s as (
  (select subject from events where subject > $1 order by subject limit 1)
  union all
  select (select subject from events where subject > s.subject order by subject limit 1) from s
  where s.subject is not null
) select subject from s where subject is not null limit $2"""
CHUNK = 200
NUL = "\\u0000"

Folded = list[dict[str, Any]]
Texts = list[str]
Prepare = Callable[[Log, Vault, Sequence[Row]], Awaitable[Any]]
Fold = Callable[[str, list[Row], Any], Folded]


@dataclass(frozen=True, slots=True)
class View:
    """One read model.

    `table`: its DDL, with {table} for the name and a column `subject`; {name} is for its indexes. `person`: the uuid column
    that names whose data a row holds, if it holds any. `prepare` reads what folds need (keys, editions) once for many
    subjects; `fold` is pure and may raise Waiting. `concerns`: which facts are about its subjects. `fold_version`: one
    more whenever the fold says something else in the same columns; the next start then builds the view anew. So it does
    when `made_with`, which names what else goes into the rows, says something else. `of`: where the subjects are a service's
    own private streams, their kind (`organisation` for `organisation:…`).
    """

    name: str
    table: str
    concerns: Callable[[Row], bool]
    prepare: Prepare
    fold: Fold
    person: str | None = None
    fold_version: int = 1
    made_with: Callable[[], str] | None = None
    of: str | None = None

    @property
    def where(self) -> str:
        """Which rows of the log its follower reads: of the private ones all, so that it never reads past them again."""
        return PRIVATE if self.of else PUBLIC

    def subject(self, row: Row) -> str:
        """What the row is about; empty when it is nothing that this view has."""
        if self.of is None:
            return row.subject or ""
        return row.stream if row.subject is None and row.stream.startswith(f"{self.of}:") else ""

    @property
    def form(self) -> str:
        """Names what the rows mean: rows of another form aren't shown."""
        made_with = f"\n{self.made_with()}" if self.made_with else ""
        return hashlib.sha256(f"{self.fold_version}\n{self.table}{made_with}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Read:
    """Subjects with their facts, and what their folds need."""

    about: dict[str, list[Row]]
    context: Any


@dataclass(frozen=True, slots=True)
class Projector:
    """One view kept up to date in one service's store."""

    view: View
    log: Log
    vault: Vault

    async def run(self) -> None:
        await self.ensure()
        name, where = self.view.name, self.view.where
        await follow(self.log, name, self.handle, where=where, traced_as=f"view {name}", writes_facts=False)

    async def ensure(self) -> None:
        """Build the table where it is missing or has another form. Two at once: one waits."""
        async with self._alone():
            if not await self.is_built():
                await self._build()

    async def is_built(self) -> bool:
        """Whether the live table is there in this form."""
        return bool(await self.log.pool.fetchval(FORM, self.view.name) == self.view.form)

    async def rebuild(self) -> int:
        """Fold every subject anew beside the live table and switch; returns the number of rows."""
        async with self._alone():
            return await self._build()

    async def retry(self, subject: str) -> None:
        """Fold a subject anew. Raises Moved, Conflict: try again."""
        after = await cursor(self.log, self.view.name)
        effect = await self._effect({subject}, set())
        async with self.log.pool.acquire() as connection, connection.transaction():
            await effect(connection)
            if await connection.execute(MOVE, self.view.name, *after, *after) != "UPDATE 1":
                raise Moved

    async def handle(self, rows: Sequence[Row]) -> Effect | None:
        came = {key for r in rows for key in (self.view.subject(r), str(r.id))}
        subjects = {subject for r in rows if (subject := self.view.subject(r)) and self.view.concerns(r)}
        subjects |= {h.subject for h in await held.touched(self.log, self.view.name, came)}
        erased = await self._of_persons(r.subject for r in rows if r.type == "ApplicantErased" and r.subject)
        return await self._effect(subjects | erased, erased) if subjects or erased else None

    async def _effect(self, subjects: set[str], erased: set[str]) -> Effect:
        """What puts the subjects' new rows in the place of the old. One that can't be folded keeps what it had, unless
        it is the data of someone erased."""
        texts, holds = await self.folded(subjects)
        table, kept = f"views.{self.view.name}", {h.subject for h in holds}

        async def effect(connection: Any) -> None:
            gone = sorted(subjects - kept | erased)
            await connection.execute(f"delete from {table} where subject = any($1::text[])", gone)
            try:
                await _insert(connection, table, texts)
            except asyncpg.UniqueViolationError:
                raise Conflict from None  # another worker folded the same subjects
            await connection.execute(FOLDED, self.view.name, sorted(subjects - kept))
            await held.hold(connection, self.view.name, holds)

        return effect

    async def _build(self) -> int:
        """Beside the live table; what the follower does meanwhile, it does again from the head noted first."""
        name, beside = self.view.name, f"views_next.{self.view.name}"
        head = await self.log.head()
        await self.log.pool.execute(f"drop table if exists {beside}")
        await self.log.pool.execute(self.view.table.format(table=beside, name=name))
        await self.log.pool.execute(FORGET_HELD, beside)
        count = await self._fill(beside)
        async with self.log.pool.acquire() as connection, connection.transaction():
            await connection.execute(f"drop table if exists views.{name}")
            await connection.execute(f"alter table {beside} set schema views")
            await connection.execute(FORGET_HELD, name)
            await connection.execute(TAKE_HELD, name, beside)
            await connection.execute(NOTE_FORM, name, self.view.form)
            await connection.execute(SET_CURSOR, name, *head)
        self.log.ring(facts=False)
        return count

    async def _fill(self, beside: str) -> int:
        """While some subjects are folded the database writes those before and reads those after them."""
        count, reading = 0, asyncio.create_task(self._read_after(""))
        writing = asyncio.create_task(self._write(beside, [], []))
        try:
            while page := await reading:
                last, read = page
                reading = asyncio.create_task(self._read_after(last))
                texts, holds = await self._fold(read)
                await writing
                writing = asyncio.create_task(self._write(beside, texts, holds))
                count += len(texts)
            await writing
        finally:
            await ended(reading, writing)
        return count

    async def _read_after(self, last: str) -> tuple[str, _Read] | None:
        """The next subjects, with the last one's name; None when there are no more."""
        subjects = await self.subjects(last, CHUNK)
        return (subjects[-1], await self._read(subjects)) if subjects else None

    async def _write(self, beside: str, texts: Texts, holds: list[Hold]) -> None:
        async with self.log.pool.acquire() as connection, connection.transaction():
            await _insert(connection, beside, texts)
            await held.hold(connection, beside, holds)

    async def subjects(self, after: str, limit: int) -> list[str]:
        """The next subjects that the log knows, in their order."""
        if (kind := self.view.of) is None:
            return [r["subject"] for r in await self.log.pool.fetch(SUBJECTS, after, limit)]
        rows = await self.log.pool.fetch(STREAMS, max(after, f"{kind}:"), limit, f"{kind};")
        return [r["subject"] for r in rows]

    async def _own_rows(self, streams: Iterable[str]) -> list[Row]:
        return await self.log.together([], list(streams))

    async def folded(self, subjects: Iterable[str]) -> tuple[Texts, list[Hold]]:
        """The rows of these subjects as JSON, from all their facts as they are now, and what can't be folded."""
        return await self._fold(await self._read(subjects))

    async def _read(self, subjects: Iterable[str]) -> _Read:
        known: dict[str, list[Row]] = {}
        for row in await (self._own_rows(subjects) if self.view.of else self.log.subjects(subjects)):
            known.setdefault(self.view.subject(row), []).append(row)
        about = {s: rows for s, rows in known.items() if any(self.view.concerns(r) for r in rows)}
        context = await self.view.prepare(self.log, self.vault, [r for rows in about.values() for r in rows])
        return _Read(about, context)

    async def _fold(self, read: _Read) -> tuple[Texts, list[Hold]]:
        texts: Texts = []
        holds: list[Hold] = []
        for subject, rows in sorted(read.about.items()):
            await asyncio.sleep(0)  # folding many takes seconds, and others wait for this loop
            try:
                texts += _texts(
                    self.view.fold(subject, sorted(rows, key=lambda r: (r.stream, r.version)), read.context)
                )
            except Waiting as waiting:
                holds.append(Hold(subject, START, rows[-1].id, awaits=waiting.awaits))
            except TROUBLE:
                raise
            except Exception as error:
                holds.append(Hold(subject, START, rows[-1].id, error=held.why(error)))
        return texts, holds

    async def _of_persons(self, persons: Iterable[str]) -> set[str]:
        wanted = list(persons)
        if self.view.person is None or not wanted:
            return set()
        query = f"select distinct subject from views.{self.view.name} where {self.view.person} in ({PERSONS})"
        return {r["subject"] for r in await self.log.pool.fetch(query, wanted)}

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nobody else builds this view meanwhile. The lock has a connection of its own and falls with it."""
        connection = await asyncpg.connect(self.log.dsn)
        try:
            while not await connection.fetchval(ALONE, self.view.name):  # noqa: ASYNC110 - a waiting statement is timed out
                await asyncio.sleep(0.1)
            yield
        finally:
            await connection.close()


def _texts(rows: Folded) -> Texts:
    """The rows as JSON that the database can keep. ValueError for what it can't."""
    texts = [to_json(row, fallback=str).decode() for row in rows]
    if any(NUL in text and NUL in text.replace("\\\\", "") for text in texts):
        raise ValueError("a text with NUL can't be kept")
    return texts


async def _insert(connection: Any, table: str, texts: Texts) -> None:
    if texts:
        insert = f"insert into {table} select * from jsonb_populate_recordset(null::{table}, $1::jsonb)"
        await connection.execute(insert, f"[{','.join(texts)}]")
