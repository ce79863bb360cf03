"""Databases for tests: each log and vault in one of its own, with roles as in an installation; a clock that stands."""

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
LETTERS = str.maketrans("0123456789", "ghijklmnop")
MARCH_2019 = datetime(2019, 3, 11, 5, tzinfo=UTC)


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


async def fresh_log(postgres: EmbeddedPostgres, service: str, size: int = 8) -> Log:
    """The open, empty, migrated log of a service, its own migrations included; whoever asks closes it."""
    place = await fresh_place(postgres)
    own = ROOT / "services" / service / "migrations"
    await migrate(place.owner_dsn, place.name, *([own] if own.is_dir() else []))
    return await Log(service, place.dsn, size).open()


async def fresh_vault(postgres: EmbeddedPostgres) -> Vault:
    """An empty vault that may be written to; whoever asks closes its pool."""
    place = await fresh_place(postgres)
    connection = await asyncpg.connect(place.owner_dsn)
    try:
        await connection.execute(SCHEMA)
        await connection.execute(f"grant select, insert, delete on keys to {place.name}")
    finally:
        await connection.close()
    return Vault(await asyncpg.create_pool(place.dsn, min_size=1, max_size=4))


def nothing_published(_event: DomainEvent, _aggregate: Any, _work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    return ()


def tiny_service(
    name: str,
    stored: dict[str, type[Any]] | None = None,
    publish: Callable[..., Iterable[tuple[str, PublicFact]]] = nothing_published,
) -> Service:
    """A service of these private facts; nothing of it is public unless `publish` says so."""
    return Service(name, EventNames(stored or {}), publish)
