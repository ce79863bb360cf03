"""Whether a service's own log went further once: its neighbours' copies tell, and what it lacks is noted in its store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from deploy.postgres.provision import Databases, database
from shared.contracts.topics import READERS, SERVICES

HEADS = "select stream, max(version) as head from events where stream >= $1 and stream < $2 group by stream"
BEHIND = """select stream from unnest($1::text[], $2::int[]) c(stream, head)
  where head > coalesce((select max(version) from events e where e.stream = c.stream), 0)"""
PLACES = "select stream, version from events where stream = any($1::text[])"
LACKING = """insert into missing select c.stream, c.version from unnest($1::text[], $2::int[]) c(stream, version)
  where not exists (select from events e where (e.stream, e.version) = (c.stream, c.version)) on conflict do nothing"""
UNHURRIED = "set idle_in_transaction_session_timeout = 0; set transaction_timeout = 0"
PAGE = 10_000


async def compare(cluster: Databases) -> dict[str, int]:
    """Note in each service's store which of its own public facts only neighbours have; returns how many, by service.

    Only the heads of its streams are compared where no neighbour's goes further: its own have no gaps.
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
    async with neighbour.transaction():
        cursor = await neighbour.cursor(HEADS, f"{service}:", f"{service};")
        while heads := await cursor.fetch(PAGE):
            behind = await own.fetch(BEHIND, [h["stream"] for h in heads], [h["head"] for h in heads])
            if behind:
                rows = await neighbour.fetch(PLACES, [b["stream"] for b in behind])
                await own.execute(LACKING, [r["stream"] for r in rows], [r["version"] for r in rows])
