"""Databases for tests: each log and vault in one of its own, with roles as in an installation; a clock that stands."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database, ensure_database, owner
from shared.contracts.common import PublicFact
from shared.kernel.events import DomainEvent, EventNames
from shared.kernel.log import Log
from shared.kernel.migrate import migrate
from shared.kernel.vault import SCHEMA, Vault
from shared.kernel.work import Service, UnitOfWork

ROOT = Path(__file__).parents[2]
VAULT = "vault"
LETTERS = str.maketrans("0123456789", "ghijklmnop")
MARCH_2019 = datetime(2019, 3, 11, 5, tzinfo=UTC)
TABLES = (
    "select string_agg(quote_ident(tablename), ', ') from pg_tables"
    " where schemaname = 'public' and tablename <> 'migrations'"
)


@dataclass
class FixedClock:
    """Legal time that stands still until a test moves it."""

    at: datetime = MARCH_2019

    async def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Place:
    """A database of one test's own, and its two roles."""

    postgres: EmbeddedPostgres
    name: str

    @property
    def owner_dsn(self) -> str:
        return self.postgres.dsn(database(self.name), owner(self.name))

    @property
    def dsn(self) -> str:
        return self.postgres.dsn(database(self.name), self.name)


async def fresh_place(postgres: EmbeddedPostgres) -> Place:
    """A new empty database with an owner's role and a service's role, nobody else's."""
    name = uuid4().hex.translate(LETTERS)
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    try:
        if await admin.fetchval("show fsync") == "on":  # hundreds of databases: seconds for each checkpoint
            await admin.execute("alter system set fsync = off")
            await admin.execute("select pg_reload_conf()")
        await ensure_database(admin, name)
    finally:
        await admin.close()
    return Place(postgres, name)


OTHERS = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
)
_given: dict[str, list[tuple[Place, Log | Vault]]] = {}
"""Stores by service, and the vaults: what was closed is emptied and given again, since making a database takes longer
than most tests."""


async def fresh_log(postgres: EmbeddedPostgres, service: str, size: int = 8) -> Log:
    """The open, empty, migrated log of a service, its own migrations included; whoever asks closes it."""
    place = await _given_back(postgres, service) or await _migrated(postgres, service)
    log = await Log(service, place.dsn, size).open()
    _given[service].append((place, log))
    return log


async def fresh_vault(postgres: EmbeddedPostgres) -> Vault:
    """An empty vault that may be written to; whoever asks closes its pool."""
    place = await _given_back(postgres, VAULT) or await _with_keys(postgres)
    vault = Vault(await asyncpg.create_pool(place.dsn, min_size=1, max_size=4))
    _given[VAULT].append((place, vault))
    return vault


async def _given_back(postgres: EmbeddedPostgres, name: str) -> Place | None:
    given = _given.setdefault(name, [])
    free = next((g for g in given if g[0].postgres is postgres and g[1].pool.is_closing()), None)
    if free:
        given.remove(free)
    return free[0] if free and await _emptied(free[0]) else None


def spoil(log: Log) -> Log:
    """A log whose database a test is going to change in form: nobody is given it again."""
    given = _given[log.service]
    given[:] = [(place, other) for place, other in given if other is not log]
    return log


async def _migrated(postgres: EmbeddedPostgres, service: str) -> Place:
    place, own = await fresh_place(postgres), ROOT / "services" / service / "migrations"
    await migrate(place.owner_dsn, place.name, *([own] if own.is_dir() else []))
    return place


async def _with_keys(postgres: EmbeddedPostgres) -> Place:
    place = await fresh_place(postgres)
    connection = await asyncpg.connect(place.owner_dsn)
    try:
        await connection.execute(SCHEMA)
        await connection.execute(f"grant select, insert, delete on keys to {place.name}")
    finally:
        await connection.close()
    return place


async def _emptied(place: Place) -> bool:
    """As on the first day: no facts, no read models. False when somebody still uses it."""
    connection = await asyncpg.connect(place.owner_dsn)
    try:
        free = await _alone(connection)
        if free:
            await connection.execute(f"truncate {await connection.fetchval(TABLES)} restart identity")
    finally:
        await connection.close()
    return free


async def _alone(connection: Any) -> bool:
    """A session just closed stays for a moment."""
    for _ in range(100):
        if not await connection.fetchval(OTHERS):
            return True
        await asyncio.sleep(0.002)
    return False


def nothing_published(_event: DomainEvent, _aggregate: Any, _work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    return ()


def tiny_service(
    name: str,
    stored: dict[str, type[Any]] | None = None,
    publish: Callable[..., Iterable[tuple[str, PublicFact]]] = nothing_published,
) -> Service:
    """A service of these private facts; nothing of it is public unless `publish` says so."""
    return Service(name, EventNames(stored or {}), publish)
