"""One process that the supervisor keeps: started, seen ready, started again when it ends, drained when it is to go."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from deploy.child import uninterrupted

SHORTEST, LONGEST = 0.1, 10.0
"""Seconds before another start; one that ran for LONGEST begins with SHORTEST again."""
DRAIN = 0.3
"""Seconds in which the front door learns that a process is about to go."""
PATIENCE = 10.0
"""Seconds that a process has for what it is doing before it is killed."""


class Process(Protocol):
    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def send_signal(self, number: signal.Signals) -> None: ...


class Phase(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    LEAVING = "leaving"
    DONE = "done"


@dataclass
class Child:
    """`spawn` starts the process, `is_ready` asks it; `once`: it is done when it has succeeded."""

    name: str
    spawn: Callable[[], Process]
    is_ready: Callable[[], bool]
    once: bool = False
    phase: Phase = Phase.WAITING
    failures: int = 0
    process: Process | None = None
    _again: bool = True
    _next: float = 0.0
    _begun: float = 0.0
    _told: bool = False

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def is_going(self) -> bool:
        """Whether it is to end for good."""
        return self.phase is Phase.LEAVING and not self._again

    def leave(self, now: float, *, again: bool) -> None:
        """End it without hurry: first nobody is sent there any more, then it is told, at last killed.

        What is to end for good isn't brought back by a restart that comes meanwhile.
        """
        self._again = again and not self.is_going
        if self.process is None:
            self.phase = Phase.WAITING if again else Phase.DONE
        elif self.phase is not Phase.LEAVING:
            self.phase, self._next, self._told = Phase.LEAVING, now + (0.0 if self.once else DRAIN), False

    def tick(self, now: float) -> None:
        """Do what is due at this instant of a monotonic clock."""
        if self.phase is Phase.DONE:
            return
        if self.process is None:
            self._start_when_due(now)
        elif (code := self.process.poll()) is not None:
            self._ended(code, now)
        elif self.phase is Phase.STARTING and not self.once and self.is_ready():
            self.phase = Phase.READY
        elif self.phase is Phase.LEAVING and now >= self._next:
            self.process.send_signal(signal.SIGKILL if self._told else signal.SIGTERM)
            self._told, self._next = True, now + PATIENCE

    def _start_when_due(self, now: float) -> None:
        if now < self._next:
            return
        try:
            with uninterrupted():
                self.process = self.spawn()
        except OSError:  # no memory or no disk just now
            self._failed(now)
        else:
            self.phase, self._begun = Phase.STARTING, now

    def _ended(self, code: int, now: float) -> None:
        self.process = None
        if (self.phase is Phase.LEAVING and not self._again) or (self.once and code == 0):
            self.phase = Phase.DONE
            return
        planned = self.phase is Phase.LEAVING
        self.phase, self._again, self._next = Phase.WAITING, True, now
        if planned or now - self._begun > LONGEST:
            self.failures = 0
        if not planned:
            self._failed(now)

    def _failed(self, now: float) -> None:
        self.failures += 1
        self._next = now + min(SHORTEST * 2 ** (self.failures - 1), LONGEST)
