"""How the command line and the supervisor of a home speak to one another: by files in it, each written whole."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reglament.keeping.home import write_privately

STATE, REQUESTS = "stack.json", "requests"


class NothingRuns(Exception):
    """No supervisor runs in this home."""


@dataclass(frozen=True)
class Row:
    """A long-running process. `service` is its folder's name; `port` where it answers HTTP, or clients, if anywhere."""

    name: str
    service: str
    role: str
    pid: int | None
    port: int | None
    ready: bool


@dataclass(frozen=True)
class State:
    """What runs here. `begun`: when the supervisor did, in the kernel's ticks, since its number alone may come again."""

    supervisor: int
    begun: int
    url: str
    processes: list[Row] = field(default_factory=list)

    @property
    def lives(self) -> bool:
        return begun(self.supervisor) == self.begun


def ourselves(url: str) -> State:
    """This process as a supervisor that has started nothing yet."""
    return State(os.getpid(), begun(os.getpid()) or 0, url)


class Request(BaseModel):
    """What the supervisor is asked: so many processes of a service and role, or one of them ended and started anew."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["scale", "restart"]
    name: str
    count: int = Field(1, ge=0, le=32)
    pid: int | None = None


def begun(pid: int) -> int | None:
    """When a process began; None when it is gone, or has ended and only waits to be taken note of."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def note(home: Path, state: State) -> None:
    write_privately(home / STATE, json.dumps(asdict(state)))


def claim(home: Path, state: State) -> bool:
    """Note it unless a supervisor lives here already; whether it was noted."""
    try:
        known(home)
    except NothingRuns:
        note(home, state)
        return True
    return False


def known(home: Path) -> State:
    """What runs. Raises NothingRuns."""
    try:
        told = json.loads((home / STATE).read_text())
    except FileNotFoundError:
        raise NothingRuns(f"nothing runs in {home}; start it with `reglament stack`") from None
    state = State(**{**told, "processes": [Row(**row) for row in told["processes"]]})
    if not state.lives:
        raise NothingRuns(f"what ran in {home} was killed; start it with `reglament stack`")
    return state


def ask(home: Path, request: Request) -> None:
    folder = home / REQUESTS
    folder.mkdir(mode=0o700, exist_ok=True)
    write_privately(folder / f"{time.time_ns()}-{uuid4()}.json", request.model_dump_json())


def asked(home: Path) -> Iterator[Request]:
    """What has come since, in order; each once. What isn't understood is passed over."""
    for path in sorted((home / REQUESTS).glob("*.json")):
        told = path.read_text()
        path.unlink()
        with suppress(ValidationError):
            yield Request.model_validate_json(told)


def stop(home: Path, seconds: float = 90) -> None:
    """Have the supervisor stop everything, and return when nothing is left. Raises NothingRuns, TimeoutError."""
    state = known(home)
    os.kill(state.supervisor, signal.SIGTERM)
    born = {row.pid: begun(row.pid) for row in state.processes if row.pid} | {state.supervisor: state.begun}
    end = time.monotonic() + seconds
    while left := [pid for pid, since in born.items() if since is not None and begun(pid) == since]:
        if time.monotonic() > end:
            raise TimeoutError(f"still there: {', '.join(map(str, left))}")
        time.sleep(0.05)
