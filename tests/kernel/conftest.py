"""A store for each test of the kernel, and one vault for all."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database
from shared.kernel.log import Log
from shared.kernel.migrate import migrate
from shared.kernel.vault import Vault
from tests.support.stores import Place, fresh_place, fresh_vault

EMPTY = """
do $$ declare name text; begin
  for name in select oid::regclass from pg_class where relkind = 'r' and relnamespace::regnamespace::text ~ '^views'
  loop execute 'drop table ' || name; end loop;
end $$;
truncate events, cursors, held, answers, watermarks, parked_records, views
"""


@pytest.fixture(scope="session")
async def places(postgres: EmbeddedPostgres) -> tuple[Place, Place]:
    """Two migrated databases that every test finds empty: to make new ones takes longer than most tests."""
    one, two = await fresh_place(postgres), await fresh_place(postgres)
    for place in (one, two):
        await migrate(place.owner_dsn, place.name)
    return one, two


@pytest.fixture
async def log(places: tuple[Place, Place]) -> AsyncIterator[Log]:
    """The log of the service under test."""
    log = await _emptied("archive", places[0])
    yield log
    await log.close()


@pytest.fixture
async def other(places: tuple[Place, Place]) -> AsyncIterator[Log]:
    """The log of a second service."""
    log = await _emptied("library", places[1])
    yield log
    await log.close()


@pytest.fixture(scope="session")
async def vault(postgres: EmbeddedPostgres) -> AsyncIterator[Vault]:
    """A key is a person's, and each test has persons of its own."""
    vault = await fresh_vault(postgres)
    yield vault
    await vault.pool.close()


async def _emptied(service: str, place: Place) -> Log:
    admin = await asyncpg.connect(place.postgres.dsn(database(place.name)))
    await admin.execute(EMPTY)
    await admin.close()
    return await Log(service, place.dsn).open()
