"""Many cases out of a real one: its rows again and again under other ids, written by SQL alone, so that every row is valid.

Hash chains aren't: nothing that is measured reads them. Personal values stay sealed under the first case's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from uuid import UUID

import asyncpg

from shared.kernel.log import COLUMNS, Log, Row

CASE = f"select tx, position, {COLUMNS} from events where stream = any($1::text[]) order by tx, position"
OF_SUBJECT = f"select tx, position, {COLUMNS} from events where subject = $1 order by tx, position"
PUT = (
    f"insert into events({COLUMNS}) select {{id}}, {{stream}}, $3::int, {{subject}}, $4::text, {{data}}, $5::text, "
    "$6::timestamptz, $7::text from generate_series($1::int, $2::int) g"
)
INDEXES = (
    "select indexname, indexdef from pg_indexes where tablename = 'events' and indexname <> 'events_pkey' order by 1"
)
NUMBER = "'KRG/2019/' || lpad((900000 + g)::text, 7, '0')"


def uuid_of(what: str) -> str:
    """The SQL of an id that is another one in each case."""
    return f"md5('{what}:' || g)::uuid"


def digest_of(what: str) -> str:
    """The SQL of 64 hexadecimal digits that are others in each case."""
    return f"(md5('{what}:1:' || g) || md5('{what}:2:' || g))"


@dataclass(frozen=True)
class Seed:
    """Rows of one case. `other`: texts within them that are others in each case, with the SQL of what they become."""

    rows: Sequence[Row]
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def replaced(self) -> dict[str, str]:
        ids = {str(row.id): f"{uuid_of(str(row.id))}::text" for row in self.rows}
        return {**ids, **self.other}

    async def sow(self, dsn: str, first: int, last: int) -> None:
        """Write cases number `first` to `last` in one transaction, kind of fact by kind of fact, as interleaved as they can
        be. `dsn`: of the administrator. A great many are indexed at the end."""
        connection = await asyncpg.connect(dsn, command_timeout=1800)
        try:
            await connection.execute("set transaction_timeout = 0")
            later = await connection.fetch(INDEXES) if last - first > 50_000 else []
            for index in later:
                await connection.execute(f"drop index {index['indexname']}")
            async with connection.transaction():
                for row in self.rows:
                    await self._put(connection, row, first, last)
            for index in later:
                await connection.execute(index["indexdef"])
        finally:
            await connection.close()

    @staticmethod
    async def settle(dsn: str) -> None:
        """Let the database do at once what it otherwise does some time after so many rows."""
        connection = await asyncpg.connect(dsn, command_timeout=1800)
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
        await connection.close()

    async def _put(self, connection: "asyncpg.Connection[asyncpg.Record]", row: Row, first: int, last: int) -> None:
        subject = self._sql(row.subject) if row.subject else "null::text"
        statement = PUT.format(
            id=uuid_of(str(row.id)), stream=self._sql(row.stream), subject=subject, data=self._sql(row.data)
        )
        await connection.execute(statement, first, last, row.version, row.type, row.meta, row.at, row.origin)

    def _sql(self, text: str) -> str:
        made = "'" + text.replace("'", "''") + "'"
        for old, new in self.replaced.items():
            if old in text:
                made = f"replace({made}, '{old}', {new})"
        return made


def case_number(case: int, what: str) -> str:
    """The same id as SQL makes it."""
    return str(UUID(md5(f"{what}:{case}".encode()).hexdigest()))


async def registered(log: Log, application: UUID) -> Seed:
    """A case as intake has it once it is registered: application, package and account."""
    package = await log.pool.fetchval(
        "select stream from events where type = 'package.taken' and data::jsonb ->> 'application' = $1",
        str(application),
    )
    account = await log.pool.fetchval(
        "select stream from events where type = 'account.applied' and data::jsonb ->> 'application' = $1",
        str(application),
    )
    streams = [account, package, f"application:{application}", f"intake:{application}"]
    rows = [row for row in await log.pool.fetch(CASE, streams) if row.version == 1 or row.stream == account]
    number = next(row for row in rows if row.type == "ApplicationRegistered").data.split('"number":"')[1][:15]
    return Seed(
        rows,
        {
            str(application): f"{uuid_of('application')}::text",
            package.partition(":")[2]: digest_of("package"),
            account.partition(":")[2]: digest_of("holder"),
            number: NUMBER,
        },
    )


async def public(log: Log, application: UUID, *types: str, owner: str = "") -> Seed:
    """The public facts about a case, as this service has them: all, or one owner's, of these types."""
    rows = await log.pool.fetch(OF_SUBJECT, str(application))
    rows = [r for r in rows if (not types or r.type in types) and r.source.startswith(owner)]
    return Seed(rows, {str(application): f"{uuid_of('application')}::text"})
