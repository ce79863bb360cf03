"""`reglament stack` as a process of its own, and what those who operate it do: look, kill, scale, restart, stop."""

import asyncio
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.stack.control import NothingRuns, Row, known
from tests.faults.process import COMMAND, Running, free_port
from tests.faults.process import below as family_of
from tests.faults.process import of as process_of
from tests.support.waiting import PATIENCE


@dataclass
class Stack:
    """One home with its own port. `seen`: every process that has ever belonged to it."""

    home: Path
    brokers: int = 1
    each: int = 2
    port: int = field(default_factory=free_port)
    seen: set[Running] = field(default_factory=set)

    def __enter__(self) -> Self:
        """Start it, with so many workers and APIs of `each` service."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        counts = ["--brokers", self.brokers, "--workers", self.each, "--apis", self.each]
        with self._out.open("a") as out:
            self.process = subprocess.Popen(
                [COMMAND, "stack", *map(str, counts)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.seen |= family_of(self.process.pid)
        self.process.kill()
        self.process.wait()
        for left in {r for r in self.seen if process_of(r.pid) == r}:
            with suppress(ProcessLookupError):
                os.kill(left.pid, signal.SIGKILL)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _out(self) -> Path:
        return self.home.parent / "stack.out"

    @property
    def _environment(self) -> dict[str, str]:
        ours = {"REGLAMENT_HOME": str(self.home), "PORT": str(self.port), "OTEL_EXPORTER_OTLP_ENDPOINT": ""}
        return {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP"} | ours

    def rows(self) -> list[Row]:
        """Its long-running processes, as `reglament ps` lists them."""
        try:
            return known(self.home).processes
        except NothingRuns:
            assert self.process.poll() is None, f"it ended by itself:\n{self._out.read_text()}"
            return []

    async def ready(self) -> float:
        """Returns when everything in it works, with the seconds that this took."""
        begun = time.monotonic()
        async with httpx.AsyncClient(base_url=self.url, timeout=5) as http, asyncio.timeout(PATIENCE):
            while not ((rows := self.rows()) and all(r.ready for r in rows) and await self._is_ready(http)):
                await asyncio.sleep(0.05)
        return time.monotonic() - begun

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        with suppress(httpx.TransportError):
            return (await http.get("/ready")).is_success
        return False

    async def kill(self, row: Row) -> None:
        self.seen |= family_of(self.process.pid)
        if row.pid:
            with suppress(ProcessLookupError):
                os.kill(row.pid, signal.SIGKILL)

    async def do(self, *command: str) -> Any:
        """A command of the command line; what it printed as JSON. AssertionError when it fails."""
        running = await asyncio.create_subprocess_exec(
            COMMAND, *command, env=self._environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, said = await running.communicate()
        assert running.returncode == 0, f"{command}: {out.decode()[-3000:]}{said.decode()[-3000:]}"
        return json.loads(out) if "--json" in command else None

    async def nothing_left(self) -> set[Running]:
        """Who of all that ever belonged to it still runs, when they had time to end."""
        until = time.monotonic() + 20
        while (left := {r for r in self.seen if process_of(r.pid) == r}) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return left


class AsAdministrator:
    """The databases of a stack as its administrator reaches them: by the socket, without a password."""

    def __init__(self, home: Path) -> None:
        self._postgres = EmbeddedPostgres(home)

    def dsn(self, database: str, user: str = "postgres") -> str:
        return self._postgres.dsn(database)
