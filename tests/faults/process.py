"""`reglament run` as a process of its own, to be killed and started again; and whether it leaves others behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

import httpx

from tests.support.waiting import PATIENCE

COMMAND = Path(sys.executable).with_name("reglament")


class Running(NamedTuple):
    """A process, told from a later one with the same number by when it began."""

    pid: int
    begun: str


@dataclass
class System:
    """One home with its own port, started and ended many times."""

    home: Path
    mode: str = "embedded"
    demonstration: bool = True
    port: int = field(default_factory=lambda: free_port())
    name: str = "first"
    seen: set[Running] = field(default_factory=set)
    """Every process that has ever belonged to it."""

    def __enter__(self) -> Self:
        """Start it, as one that isn't new, so that it shows no case."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "shown").touch()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _out(self) -> Path:
        return self.home.parent / f"{self.name}.out"

    def start(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP"}
        environment = {**inherited, "REGLAMENT_HOME": str(self.home), "PORT": str(self.port)}
        with self._out.open("a") as out:
            self.process = subprocess.Popen(
                [COMMAND, "run", *(["--demo"] if self.demonstration else []), "--mode", self.mode],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """All that it ever wrote to the terminal."""
        return self._out.read_text()

    async def ready(self) -> None:
        """Returns when everything in it works."""
        async with httpx.AsyncClient(base_url=self.url, timeout=5) as http, asyncio.timeout(PATIENCE):
            while not await self._is_ready(http):
                assert self.process.poll() is None, f"it ended by itself:\n{self.said()}"
                await asyncio.sleep(0.1)

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get("/ready")).is_success
        except httpx.TransportError:
            return False

    def owns_its_home(self) -> bool:
        """Whether it has come so far that it begins with its PostgreSQL."""
        lock = self.home / "postgres" / "lock"
        return lock.exists() and lock.read_text() == str(self.process.pid)

    def family(self) -> set[Running]:
        """It and everything below it now."""
        found = below(self.process.pid)
        self.seen |= found
        return found

    def postmaster(self) -> list[int]:
        """The first process of its PostgreSQL, where that is up."""
        return self._children("postgres")

    def broker(self) -> list[int]:
        """Its Kafka, where that is up."""
        return self._children("java")

    def _children(self, name: str) -> list[int]:
        below = (r.pid for r in self.family() if _parent(r.pid) == self.process.pid)
        return [pid for pid in below if _name(pid) == name]

    def backends(self) -> list[int]:
        """The other processes of its PostgreSQL."""
        first = self.postmaster()
        return [r.pid for r in self.family() if _parent(r.pid) in first]

    def kill(self) -> None:
        self.family()
        self.process.kill()
        self.process.wait()

    async def stop(self, how: signal.Signals) -> int:
        """Ask it to stop; returns its exit code once it has."""
        self.family()
        self.process.send_signal(how)
        return await self.ended()

    async def ended(self) -> int:
        """Its exit code, once it has one."""
        async with asyncio.timeout(PATIENCE):
            while (code := self.process.poll()) is None:
                await asyncio.sleep(0.05)
        return code

    async def nothing_left(self) -> set[Running]:
        """Who of all that ever belonged to it still runs, when they had time to end."""
        until = time.monotonic() + 20
        while (left := {r for r in self.seen if of(r.pid) == r}) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return left


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def below(pid: int) -> set[Running]:
    """A process with its descendants."""
    children: dict[int, list[int]] = {}
    for other in (int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()):
        children.setdefault(_parent(other), []).append(other)
    found, todo = set(), [pid]
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        found |= {r} if (r := of(one)) else set()
    return found


def of(pid: int) -> Running | None:
    """The process with this number, unless it has ended."""
    state = _stat(pid)
    return Running(pid, state[19]) if state and state[0] not in "ZX" else None


def _parent(pid: int) -> int:
    state = _stat(pid)
    return int(state[1]) if state else 0


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """/proc/pid/stat from the state on: state, parent …, begun at index 19."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
