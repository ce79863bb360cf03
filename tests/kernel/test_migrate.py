"""Migrations go forward only, each once, unchanged, whoever starts at the same time."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.migrate import MigrationChanged, migrate
from tests.support.stores import Place, fresh_place

KERNEL = ["kernel/0001_log.sql", "kernel/0002_missing.sql", "kernel/0003_held_by_what_it_awaits.sql"]


@pytest.fixture
async def place(postgres: EmbeddedPostgres) -> Place:
    return await fresh_place(postgres)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "archive" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_shelf.sql").write_text("create table shelf(n int); grant select on shelf to :service;")
    return folder


async def value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


class TestAnEmptyDatabase:
    async def test_gets_the_kernels_files_then_the_services(self, place: Place, folder: Path) -> None:
        assert await migrate(place.owner_dsn, place.name, folder) == [*KERNEL, "archive/0001_shelf.sql"]

    async def test_is_migrated_once_by_two_that_start_together(self, place: Place, folder: Path) -> None:
        applied = await asyncio.gather(*(migrate(place.owner_dsn, place.name, folder) for _ in range(3)))
        assert sorted(map(len, applied)) == [0, 0, len(KERNEL) + 1]

    async def test_lets_the_service_do_what_its_files_grant(self, place: Place, folder: Path) -> None:
        await migrate(place.owner_dsn, place.name, folder)
        assert await value(place.dsn, "select count(*) from shelf") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(place.dsn, "insert into shelf values(1)")


class TestAMigratedDatabase:
    async def test_needs_nothing_more(self, place: Place, folder: Path) -> None:
        await migrate(place.owner_dsn, place.name, folder)
        assert await migrate(place.owner_dsn, place.name, folder) == []

    async def test_gets_what_is_new(self, place: Place, folder: Path) -> None:
        await migrate(place.owner_dsn, place.name, folder)
        (folder / "0002_book.sql").write_text("create table book(n int)")
        assert await migrate(place.owner_dsn, place.name, folder) == ["archive/0002_book.sql"]

    async def test_refuses_a_file_that_was_changed_since(self, place: Place, folder: Path) -> None:
        await migrate(place.owner_dsn, place.name, folder)
        (folder / "0001_shelf.sql").write_text("create table shelf(n bigint)")
        with pytest.raises(MigrationChanged, match=r"archive/0001_shelf\.sql"):
            await migrate(place.owner_dsn, place.name, folder)


class TestAFileThatFails:
    async def test_leaves_nothing_and_runs_when_it_is_mended(self, place: Place, folder: Path) -> None:
        broken = folder / "0002_book.sql"
        broken.write_text("create table book(n int); select nonsense;")
        with pytest.raises(asyncpg.UndefinedColumnError):
            await migrate(place.owner_dsn, place.name, folder)
        assert await value(place.owner_dsn, "select to_regclass('book')") is None
        broken.write_text("create table book(n int)")
        assert await migrate(place.owner_dsn, place.name, folder) == ["archive/0002_book.sql"]

    async def test_takes_a_cast_to_a_type_called_service_as_it_is(self, place: Place, folder: Path) -> None:
        (folder / "0002_kind.sql").write_text("create domain service as text; create table k as select 'a'::service s")
        await migrate(place.owner_dsn, place.name, folder)
        assert await value(place.owner_dsn, "select s from k") == "a"
