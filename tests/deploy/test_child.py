"""To be told to stop just when a child is being started: nothing of it gets lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.child import uninterrupted
from reglament.foreground import stop_on_sigterm
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[2]

TOLD_AT_A_FORK = """
import os, signal, sys, time
from pathlib import Path
from reglament.foreground import stop_on_sigterm

root, told_at, forks = Path(sys.argv[1]), int(sys.argv[2]), 0

def forked():
    global forks
    forks += 1
    if forks == told_at:
        os.kill(os.getpid(), signal.SIGTERM)

os.register_at_fork(after_in_parent=forked)
stop_on_sigterm()
"""
POSTGRES = """
from deploy.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(root)
try:
    server.start()
except KeyboardInterrupt:
    server.stop()
    print("still there:", server.served_by)
"""
BROKER = """
from deploy.kafka.broker import Broker
broker = Broker(root)
try:
    broker.start()
except KeyboardInterrupt:
    known = Path(f"/proc/{broker.pid}")
    broker.stop()
    print("still there:", known.exists() or None)
"""
SERVICE = """
from reglament.stack.child import Child
from reglament.stack.spawning import Forked

def spawn():
    if (pid := os.fork()) == 0:
        time.sleep(600)
    return Forked(pid)

service = Child("some", spawn, lambda: True)
try:
    service.tick(0)
except KeyboardInterrupt:
    service.process.send_signal(signal.SIGKILL)
    while service.process.poll() is None:
        time.sleep(0.01)
    print("still there:", None)
"""


@pytest.fixture(autouse=True)
def ours() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    stop_on_sigterm()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
class TestWhenToldToStopMeanwhile:
    def test_what_may_not_be_interrupted_is_done_first(self, number: signal.Signals) -> None:
        done: list[str] = []

        def work() -> None:
            with uninterrupted():
                signal.raise_signal(number)
                done.append("all of it")

        with pytest.raises(KeyboardInterrupt):
            work()
        assert done == ["all of it"]

    def test_afterwards_it_is_told_at_once_again(self, number: signal.Signals) -> None:
        with uninterrupted():
            pass
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


POSTGRES_FORKS = 4 if os.geteuid() == 0 else 2
"""Of initdb and of the server, as root each after a try whether it may be nobody's."""


@pytest.mark.parametrize(
    ("what", "fork"),
    [*((POSTGRES, fork) for fork in range(1, POSTGRES_FORKS + 1)), (BROKER, 1), (SERVICE, 1)],
    ids=[*(f"postgres-{fork}" for fork in range(1, POSTGRES_FORKS + 1)), "broker", "service"],
)
class TestWhenToldToStopWhilePythonForks:
    def test_it_stops(self, tmp_path: Path, what: str, fork: int) -> None:
        told = [sys.executable, "-c", TOLD_AT_A_FORK + what, str(tmp_path), str(fork)]
        done = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
        assert done.stdout == "still there: None\n", done.stderr
