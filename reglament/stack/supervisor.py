"""The services of our image as processes of this machine, as many as wanted, kept running by one loop."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.kafka.addresses import free_ports
from reglament.keeping.home import write_privately
from reglament.stack.child import Child, Phase
from reglament.stack.compose import COMPLETED, HEALTHY, Composed
from reglament.stack.control import Request, Row, asked, note, ourselves
from reglament.stack.spawning import Forked, answers_ready, spawn
from shared.telemetry.log import log

TICK = 0.05
UPSTREAMS = "upstreams"


@dataclass
class Member:
    """One process of a composed service."""

    composed: Composed
    number: int
    port: int
    child: Child

    @property
    def service(self) -> str:
        return self.composed.command[-1]

    @property
    def role(self) -> str:
        return self.composed.command[1]

    @property
    def row(self) -> Row:
        child = self.child
        return Row(child.name, self.service, self.role, child.pid, self.port, child.phase is Phase.READY)


class Supervisor:
    """Starts each service when what it comes after is there; `counts`: how many of each, one where nothing is said.

    `compose` reads the services with these variables in place; the front door answers at `url`. What serves the services
    is its caller's, and `others` tells of it.
    """

    def __init__(
        self,
        home: Path,
        compose: Callable[[Mapping[str, str]], dict[str, Composed]],
        counts: Mapping[str, int],
        url: str,
        others: Callable[[], Iterator[Row]],
    ) -> None:
        self._home, self._compose, self._others = home, compose, others
        self._state = ourselves(url)
        self._members: list[Member] = []
        self._written: dict[Path, str] = {}
        (home / "logs").mkdir(exist_ok=True, mode=0o700)
        (home / UPSTREAMS).mkdir(exist_ok=True, mode=0o700)
        for composed in compose({}).values():
            self._scale(composed, counts.get(composed.name, 1))

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(self._members)

    @property
    def is_ready(self) -> bool:
        return all(m.child.phase in (Phase.READY, Phase.DONE) for m in self._members)

    def failing(self, times: int) -> str | None:
        """The name of a process that has ended so often without having run for long."""
        return next((m.child.name for m in self._members if m.child.failures >= times), None)

    def tick(self) -> None:
        """Do all that is due, and write down what has changed."""
        now = time.monotonic()
        for request in asked(self._home):
            self._obey(request, now)
        for member in self._members:
            if member.child.process is not None or self._may_start(member.composed):
                self._tick(member, now)
        self._members = [m for m in self._members if m.child.phase is not Phase.DONE or m.composed.runs_once]
        with contextlib.suppress(OSError):  # the disk is full: at the next step again
            self._write_down()

    def stop(self) -> None:
        """End the front door first, then interfaces, then workers."""
        for role in ("front", "api", "worker", "provision", "topics"):
            mine = [m for m in self._members if m.role == role]
            for member in mine:
                member.child.leave(time.monotonic(), again=False)
            while any(m.child.process for m in mine):
                for member in self._members:
                    member.child.tick(time.monotonic())
                time.sleep(TICK / 5)

    # -- inside

    def _tick(self, member: Member, now: float) -> None:
        before, pid = member.child.phase, member.child.pid
        member.child.tick(now)
        if before is not Phase.LEAVING and pid and not member.child.pid and not member.composed.runs_once:
            log("process-died", process=member.child.name, pid=pid)
        if before is Phase.STARTING and member.child.phase is Phase.WAITING:
            member.port = self._free_port() if member.role != "front" else member.port

    def _may_start(self, composed: Composed) -> bool:
        return all(self._is_met(other, condition) for other, condition in composed.after.items())

    def _is_met(self, other: str, condition: str) -> bool:
        """A server that isn't of our image runs before any of these."""
        phases = [m.child.phase for m in self._members if m.composed.name == other]
        wanted = {HEALTHY: Phase.READY, COMPLETED: Phase.DONE}[condition]
        return not phases or any(phase is wanted for phase in phases)

    def _obey(self, request: Request, now: float) -> None:
        log("asked", what=request.do, name=request.name)
        if request.do == "scale" and (composed := self._compose({}).get(request.name)):
            self._scale(composed, request.count)
        for member in self._members:
            if request.do == "restart" and (member.child.name, member.child.pid) == (request.name, request.pid):
                member.child.leave(now, again=True)

    def _scale(self, composed: Composed, count: int) -> None:
        """The youngest go first; numbers that are free are given again."""
        mine = sorted((m for m in self._members if m.composed.name == composed.name), key=lambda m: m.number)
        staying = [m for m in mine if not m.child.is_going]
        for member in staying[count:]:
            member.child.leave(time.monotonic(), again=False)
        taken = {m.number for m in mine}
        free = (number for number in itertools.count(1) if number not in taken)
        for _ in range(count - len(staying)):
            self._members.append(self._member(composed, next(free)))

    def _member(self, composed: Composed, number: int) -> Member:
        alone = composed.runs_once or composed.name == "front"
        name = composed.name if alone else f"{composed.name}-{number}"
        port = int(self._state.url.rpartition(":")[2]) if composed.name == "front" else self._free_port()
        child = Child(name, lambda: self._spawn(member), lambda: answers_ready(member.port), once=composed.runs_once)
        return (member := Member(composed, number, port, child))

    def _free_port(self) -> int:
        """None that another member was given and hasn't taken yet: it would answer for both."""
        given = {m.port for m in self._members}
        return next(port for port in free_ports(len(given) + 1) if port not in given)

    def _spawn(self, member: Member) -> Forked:
        """With the environment that the file names, for this process's own address and secrets."""
        name = member.child.name
        listen = f"{member.composed.name.upper().replace('-', '_')}_LISTEN"
        own = {listen: f"127.0.0.1:{member.port}", "SECRETS": str(self._home / "given" / name)}
        composed = self._compose(own)[member.composed.name]
        return spawn(self._home, name, composed)

    def _write_down(self) -> None:
        rows = [*(m.row for m in self._members if not m.composed.runs_once), *self._others()]
        apis = [m for m in self._members if m.role == "api"]
        for service in {m.service for m in apis}:
            ready = [m.port for m in apis if m.service == service and m.child.phase is Phase.READY]
            self._write(self._home / UPSTREAMS / service, "".join(f"http://127.0.0.1:{port}\n" for port in ready))
        if rows != self._state.processes:
            note(self._home, state := replace(self._state, processes=rows))
            self._state = state

    def _write(self, path: Path, text: str) -> None:
        if self._written.get(path) != text:
            write_privately(path, text)
            self._written[path] = text
