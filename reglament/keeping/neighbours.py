"""Whether a service's own log went further once: its neighbours' copies tell, and what it lacks is noted in its store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from deploy.postgres.provision import Databases, database
from shared.contracts.topics import READERS, SERVICES

OWN = "select count(*) from events where subject is not null and origin is null"
COPIES = "select count(*) from events where stream >= $1 and stream < $2 and origin = $3"
PLACES = "select stream, version from events where stream >= $1 and stream < $2 and origin = $3"
LACKING = """insert into missing select c.stream, c.version from unnest($1::text[], $2::int[]) c(stream, version)
  where not exists (select from events e where (e.stream, e.version) = (c.stream, c.version)) on conflict do nothing"""
UNHURRIED = "set idle_in_transaction_session_timeout = 0; set transaction_timeout = 0"
PAGE = 10_000


async def compare(cluster: Databases) -> dict[str, int]:
    """Note in each service's store which of its own public facts only neighbours have; returns how many, by service.

    Where nobody has more of them than the service itself, counting is all that is done.
    """
    return {service: await _compare(cluster, service) for service in SERVICES}


async def _compare(cluster: Databases, service: str) -> int:
    async with _connected(cluster, service) as own, own.transaction():
        await own.execute("delete from missing")
        for reader in READERS[service]:
            async with _connected(cluster, reader) as neighbour:
                await _compare_with(neighbour, own, service)
        return int(await own.fetchval("select count(*) from missing"))


@asynccontextmanager
async def _connected(cluster: Databases, service: str) -> AsyncIterator[asyncpg.Connection]:
    """As its administrator, for as long as it takes."""
    connection = await asyncpg.connect(cluster.dsn(database(service)))
    try:
        await connection.execute(UNHURRIED)
        yield connection
    finally:
        await connection.close()


async def _compare_with(neighbour: asyncpg.Connection, own: asyncpg.Connection, service: str) -> None:
    copies = f"{service}:", f"{service};", service
    if await neighbour.fetchval(COPIES, *copies) <= await own.fetchval(OWN):
        return
    async with neighbour.transaction():
        cursor = await neighbour.cursor(PLACES, *copies)
        while rows := await cursor.fetch(PAGE):
            await own.execute(LACKING, [r["stream"] for r in rows], [r["version"] for r in rows])
