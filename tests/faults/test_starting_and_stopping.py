"""Starting, stopping and being killed: what is said, with which exit code, and that nothing runs on."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.process import System, free_port
from tests.support.waiting import eventually


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with System(tmp_path / "home") as running:
        yield running


class TestWhileItServes:
    async def test_a_second_start_on_its_home_says_so_and_the_first_serves_on(self, system: System) -> None:
        await system.ready()
        elsewhere = System(system.home, port=free_port(), name="elsewhere")
        on_its_port = System(system.home, port=system.port, name="on its port")
        for other in (elsewhere, on_its_port):
            other.start()
        for other in (elsewhere, on_its_port):
            assert await other.ended() == 2
            assert other.said() == (
                f"{system.home} is already in use by another start (process {system.process.pid});"
                " stop it, or choose another home\n"
            )
        await system.ready()
        assert await system.stop(signal.SIGINT) == 0
        assert system.said().endswith("Stopped.\n")
        assert await system.nothing_left() == set()

    async def test_a_postgres_that_dies_is_started_again_and_dies_with_it(self, system: System) -> None:
        await system.ready()
        (server,) = system.postmaster()
        os.kill(server, signal.SIGKILL)
        await eventually(lambda: asyncio.sleep(0, system.postmaster() not in ([], [server])))
        await system.ready()
        system.kill()
        assert await system.nothing_left() == set()


class TestWhenItsPortIsTaken:
    async def test_it_says_so_and_leaves_the_home_as_new_as_it_was(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            system = System(tmp_path / "home", port=port)
            system.start()
            assert await system.ended() == 2
        assert system.said() == f"port {port} is taken; set PORT to another one\n"
        assert not (system.home / "postgres").exists()


class TestWhenItIsInterruptedWhileItStarts:
    async def test_it_stops_without_a_trace(self, tmp_path: Path) -> None:
        """Once early, while PostgreSQL's cluster is made, and once later, on the home that this leaves."""
        system = System(tmp_path / "home")
        for how, latest in ((signal.SIGINT, 0.3), (signal.SIGTERM, 1.5)):
            system.start()
            await eventually(lambda: asyncio.sleep(0, system.owns_its_home()))
            await asyncio.sleep(random.uniform(0, latest))
            assert await system.stop(how) == 0
            assert "Traceback" not in system.said()
            assert await system.nothing_left() == set()
