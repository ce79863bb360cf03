"""How a composed service becomes a process of this machine: our command line with its command, its environment alone.

All are forked from the supervisor, which has loaded the code once: loading takes seconds, a fork none, and what they
have in common is in memory once.
"""

import contextlib
import ctypes
import gc
import http.client
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from deploy.child import dies_with_parent
from reglament.loaded import everything_is_loaded
from reglament.stack.compose import Composed
from reglament.stack.secret_files import FOLDER, give

CODE = "reglament.distributed.processes"
_PR_SET_NAME = 15


class Forked:
    """A child process of this one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self._code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if ended else None
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Load the code of all services beside what is done within."""
    thread = threading.Thread(target=importlib.import_module, args=(CODE,))
    thread.start()
    try:
        yield
    finally:
        thread.join()
        gc.collect()
        everything_is_loaded()  # else the children's collectors touch, and so copy, what they share


def spawn(home: Path, name: str, composed: Composed) -> Forked:
    """A process that writes to `home/logs/NAME.log` and is killed when this one ends; from the main thread alone."""
    give(home / FOLDER, _secrets(home / FOLDER, composed), Path(composed.environment["SECRETS"]))
    die_with_parent = dies_with_parent(signal.SIGKILL)
    sys.stdout.flush()
    sys.stderr.flush()
    if (pid := os.fork()) == 0:
        _become(home / "logs" / f"{name}.log", name, composed, die_with_parent)
    return Forked(pid)


def _become(log: Path, name: str, composed: Composed, die_with_parent: Callable[[], None]) -> NoReturn:
    """Never returns to what the parent was doing."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent()
        os.setsid()  # Ctrl-C in the terminal is for the supervisor
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
        _redirect(log)
        os.environ.clear()
        os.environ.update({"PATH": os.defpath, **composed.environment})
        code = _run(composed.command)
    finally:
        sys.stdout.flush()
        os._exit(code)


def _redirect(log: Path) -> None:
    nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, target in enumerate((nothing, written, written)):
        os.dup2(target, number)


def _run(command: tuple[str, ...]) -> int:
    from reglament.cli import app

    try:
        app(list(command))
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _secrets(folder: Path, composed: Composed) -> Iterator[str]:
    """Those that the file names; who makes Kafka's users has to know the agencies' too."""
    yield from composed.secrets
    if "kafka-admin" in composed.secrets:
        yield from (path.name for path in folder.glob("kafka-*") if path.name not in composed.secrets)


def answers_ready(port: int) -> bool:
    """Whether a process here says that it can do its work."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
