"""The embedded PostgreSQL: starts, keeps, stops, and leaves nothing behind however its owner ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.postgres import identity
from deploy.postgres.binaries import binary
from deploy.postgres.embedded import AlreadyRunning, EmbeddedPostgres
from deploy.postgres.provision import provision, set_password

ROOT = Path(__file__).parents[2]

OWNER = """
import asyncio, signal, sys, time
from pathlib import Path
import asyncpg
from deploy.postgres.embedded import EmbeddedPostgres

async def note(dsn):
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table if not exists note (text text)")
    await connection.execute("insert into note values ('kept')")
    await connection.close()

signal.signal(signal.SIGINT, signal.default_int_handler)  # started in a shell's background it would be ignored
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    try:
        print(server.pid, flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        asyncio.run(note(server.dsn("postgres")))
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for all, started anew by each test."""
    with tempfile.TemporaryDirectory(prefix="a home ") as folder:
        yield Path(folder)


@pytest.fixture
def owner(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, in a process group of its own, that has started the server."""
    command = [sys.executable, "-c", OWNER, str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        yield process
        process.kill()


def server_of(owner: subprocess.Popen[str]) -> int:
    assert owner.stdout is not None
    return int(owner.stdout.readline())


def wait_until_gone(pid: int) -> None:
    """Fails by the test's own time limit."""
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


async def run(server: EmbeddedPostgres, sql: str) -> list[object]:
    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


class TestWhenStartedInAnEmptyHome:
    async def test_serves_postgres_18_that_sorts_alike_everywhere(self, postgres: EmbeddedPostgres) -> None:
        assert (await run(postgres, "select current_setting('server_version_num')::int / 10000")) == [18]
        locale = "select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'postgres'"
        assert (await run(postgres, locale)) == ["b C.UTF-8"]

    async def test_a_forgotten_transaction_is_ended_after_ten_seconds(self, postgres: EmbeddedPostgres) -> None:
        assert (await run(postgres, "show idle_in_transaction_session_timeout")) == ["10s"]

    def test_listens_on_no_network_and_shows_its_socket_to_nobody_else(self, postgres: EmbeddedPostgres) -> None:
        assert postgres.socket.stat().st_mode & 0o777 == 0o700
        assert postgres.folder.stat().st_mode & 0o777 == 0o700
        settings = Path(f"/proc/{postgres.pid}/cmdline").read_text().split("\0")
        assert "--listen_addresses=" in settings

    def test_brings_the_tools_for_backup_and_benchmark(self) -> None:
        for tool in ("pg_dump", "pg_restore", "pgbench"):
            assert os.access(binary(tool), os.X_OK)


class TestWhenTheHomeHasSpacesAndTheLocaleIsUnknown:
    async def test_a_restart_keeps_what_was_written(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
        monkeypatch.setenv("PGDATA", "/nowhere")
        server = EmbeddedPostgres(home)
        with server:
            await run(server, "create table restarted as select 1 as number")
        with server:
            assert await run(server, "select number from restarted") == [1]


class TestWhenThePathIsTooLongForASocket:
    async def test_a_short_folder_serves_and_is_removed_at_the_end(self, home: Path) -> None:
        detour = home / ("long" * 30)
        detour.symlink_to(home)
        server = EmbeddedPostgres(detour)
        with server:
            assert len(str(server.socket)) < 95
            assert await run(server, "select 1") == [1]
        assert not server.socket.exists()


class TestWhenTheServerIsKilled:
    async def test_every_acknowledged_row_is_there_after_the_next_start(self, home: Path) -> None:
        server = EmbeddedPostgres(home)
        with server:
            assert await run(server, "show fsync") == ["on"]
            await run(server, "create table acknowledged (number int)")
            for number in range(50):
                await run(server, f"insert into acknowledged values ({number})")
            server.kill()
            server.start()
            assert await run(server, "select number from acknowledged order by number") == list(range(50))

    async def test_a_pid_that_lives_again_as_another_process_is_no_obstacle(self, home: Path) -> None:
        server = EmbeddedPostgres(home)
        with server:
            server.kill()
            trace = server.data / "postmaster.pid"
            lines = trace.read_text().splitlines()
            trace.write_text("\n".join([str(os.getpid()), *lines[1:]]))
            server.start()
            assert await run(server, "select 1") == [1]


class TestWhenAnotherProcessServesTheHome:
    def test_a_second_start_is_refused_and_names_the_first(self, home: Path, owner: subprocess.Popen[str]) -> None:
        server_of(owner)
        with pytest.raises(AlreadyRunning, match=f"already in use by another start \\(process {owner.pid}\\)"):
            EmbeddedPostgres(home).start()

    async def test_killing_that_process_ends_the_server_too(self, home: Path, owner: subprocess.Popen[str]) -> None:
        pid = server_of(owner)
        owner.kill()
        owner.wait()
        with EmbeddedPostgres(home) as server:  # its lock falls with the last process of the first server
            assert await run(server, "select 1") == [1]
        wait_until_gone(pid)

    async def test_an_interrupt_from_the_terminal_leaves_the_server_to_its_owner(
        self, home: Path, owner: subprocess.Popen[str]
    ) -> None:
        pid = server_of(owner)
        os.killpg(owner.pid, signal.SIGINT)
        assert owner.wait() == 0
        wait_until_gone(pid)
        with EmbeddedPostgres(home) as server:
            assert await run(server, "select text from note") == ["kept"]


class TestWhenRootMayNotMakeNamespaces:
    @pytest.mark.skipif(os.geteuid() != 0, reason="concerns root alone")
    def test_the_folders_are_given_to_nobody(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden() -> None:
            raise PermissionError

        monkeypatch.setattr(identity, "call_root_nobody", forbidden)
        (tmp_path / "file").touch()
        assert identity.unprivileged(tmp_path) is identity.become_nobody
        assert (tmp_path / "file").owner() == "nobody"


class TestWhenTwoServicesAreProvided:
    @pytest.fixture
    async def services(self, postgres: EmbeddedPostgres) -> EmbeddedPostgres:
        await provision(postgres, ["near", "far"])
        return postgres

    async def test_providing_them_again_changes_nothing(self, services: EmbeddedPostgres) -> None:
        await provision(services, ["near", "far"])

    async def test_a_service_reaches_no_database_but_its_own(self, services: EmbeddedPostgres) -> None:
        for database in ("reglament_far", "postgres"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(services.dsn(database, "near"))

    async def test_the_owner_reaches_no_other_database_either(self, services: EmbeddedPostgres) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(services.dsn("reglament_far", "near_owner"))

    async def test_a_service_appends_but_changes_nothing_and_owns_nothing(self, services: EmbeddedPostgres) -> None:
        owner = await asyncpg.connect(services.dsn("reglament_near", "near_owner"))
        await owner.execute("create table if not exists events (id int); grant select, insert on events to near")
        await owner.close()
        service = await asyncpg.connect(services.dsn("reglament_near", "near"))
        await service.execute("insert into events values (1)")
        for refused in ("update events set id = 2", "delete from events", "truncate events", "create table own ()"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute(refused)
        await service.close()

    async def test_a_name_that_would_need_quoting_is_refused(self, postgres: EmbeddedPostgres) -> None:
        with pytest.raises(ValueError, match="not a name"):
            await provision(postgres, ['x"; drop'])


class TestWhenARoleIsGivenItsPassword:
    async def test_nobody_who_may_see_what_others_run_reads_it(self, postgres: EmbeddedPostgres) -> None:
        admin = await asyncpg.connect(postgres.dsn("postgres"))
        try:
            await admin.execute("drop role if exists guarded")
            await admin.execute("create role guarded login")
            await set_password(admin, "guarded", "not-to-be-read")
            running = await run(postgres, f"select query from pg_stat_activity where pid = {admin.get_server_pid()}")
            await admin.execute("drop role guarded")
        finally:
            await admin.close()
        assert len(running) == 1
        assert "not-to-be-read" not in str(running)
