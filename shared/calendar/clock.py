"""Legal time: the one port through which services ask what time it is in law. System time is the machine's own."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import asyncpg


class Clock(Protocol):
    async def now(self) -> datetime:
        """Legal time, aware, in UTC."""
        ...


class SystemClock:
    """Legal time of a real installation: the machine's."""

    async def now(self) -> datetime:
        return datetime.now(UTC)


class DemonstrationClock:
    """Legal time of a demonstration installation: the machine's plus an offset, one row in a database of its own.

    The row is read at each call, so every process sees a move at once; from there the clock runs on.
    """

    CREATE = """
        create table if not exists clock (
            "offset" interval not null,
            only_row boolean primary key default true check (only_row)
        )"""
    FIRST_ROW = """insert into clock ("offset") values (interval '0') on conflict do nothing"""
    READ = 'select "offset" from clock'
    MOVE = 'update clock set "offset" = $1'

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool

    async def ensure(self) -> None:
        """Makes the table and its row where they are missing; changes nothing otherwise."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('clock'))")
            await connection.execute(self.CREATE)
            await connection.execute(self.FIRST_ROW)

    async def now(self) -> datetime:
        offset: timedelta = await self.pool.fetchval(self.READ)
        return datetime.now(UTC) + offset

    async def set_to(self, moment: datetime) -> None:
        """Moves legal time to the moment, forwards or back; system time stays. ValueError: the moment has no offset."""
        if moment.tzinfo is None:
            raise ValueError(f"the moment {moment.isoformat()} has no offset; state it")
        await self.pool.execute(self.MOVE, moment - datetime.now(UTC))
