"""PostgreSQL as a child of this process: the binaries come with a wheel, the data lie under the installation's home."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from deploy.child import StartFailed, dies_with_parent, uninterrupted
from deploy.postgres.binaries import ENVIRONMENT, binary
from deploy.postgres.folders import SOCKET, make_private, socket_folder
from deploy.postgres.identity import unprivileged

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    # An open writing transaction delays every reader of the logs in this cluster.
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "60s",
    # Values of a refused row or statement may be personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class AlreadyRunning(RuntimeError):
    """Another process serves this home."""

    def __init__(self, home: Path, owner: int | None) -> None:
        by = f" (process {owner})" if owner else ""
        super().__init__(f"{home} is already in use by another start{by}; stop it, or choose another home")


class EmbeddedPostgres:
    """One PostgreSQL server whose life is bounded by this process, on a socket that only this user can reach.

    Everything lies in `home/postgres`. Killed at any moment, it starts again with all that was acknowledged.
    """

    def __init__(self, home: Path, access: Path | None = None) -> None:
        """`access`: rules of who logs in how (pg_hba.conf); without, who reaches the socket may be anyone."""
        self.home = home.absolute()
        self._access = {"hba_file": str(access.absolute())} if access else {}
        self.folder = self.home / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket = socket_folder(self.folder)
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The server's process id; RuntimeError before the start."""
        if self._server is None:
            raise RuntimeError("PostgreSQL isn't started")
        return self._server.pid

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    @property
    def served_by(self) -> int | None:
        """The process that serves this home now, where it lives."""
        path = self.folder / "lock"
        if not path.exists():
            return None
        with path.open() as lock:
            owner = 0 if _taken(lock) else int(lock.read() or 0)
        return owner if owner and Path(f"/proc/{owner}").exists() else None

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Address for asyncpg and libpq; the same in every process that knows the home."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket), safe='')}"

    def start(self) -> None:
        """Start and return when connections are served; makes the cluster at the first start (about half a second).

        To be called from the main thread, before an event loop runs.
        Raises AlreadyRunning, StartFailed, or NotImplementedError on another system than Linux.
        """
        if sys.platform != "linux":
            raise NotImplementedError("the embedded PostgreSQL runs on Linux; elsewhere use a container")
        make_private(self.folder)
        with (self.folder / "lock").open("a+") as lock:
            self._lock(lock)
            make_private(self.socket)
            self._clear_traces()
            if not self.data.exists():
                self._make_cluster(lock)
            self._launch(lock)
        self._wait_until_ready()

    def stop(self) -> None:
        """End all sessions and stop cleanly; does nothing when not running."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill the server as a crash would; `start` recovers."""
        self._end(signal.SIGKILL)

    def _lock(self, lock: IO[str]) -> None:
        """The lock lives in the server's descriptors: it falls when the last of its processes is gone, not earlier."""
        begun = time.monotonic()
        while not _taken(lock):
            lock.seek(0)
            owner = int(lock.read() or 0)
            # A server whose owner was killed is shutting down: worth waiting for.
            patience = 1 if owner and Path(f"/proc/{owner}").exists() else 20
            if time.monotonic() - begun > patience:
                raise AlreadyRunning(self.home, owner)
            time.sleep(0.02)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()

    def _clear_traces(self) -> None:
        """Whoever holds the lock knows that a pid left by an earlier server means nothing, even if it lives again."""
        for trace in (self.data / "postmaster.pid", self.socket / f"{SOCKET}.lock", self.socket / SOCKET):
            trace.unlink(missing_ok=True)

    def _make_cluster(self, lock: IO[str]) -> None:
        """Made aside and renamed, so that a start killed in between begins anew."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        make_private(unfinished)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        become = dies_with_parent(signal.SIGTERM, unprivileged(self.folder, unfinished))
        with self.log.open("ab") as log, uninterrupted():
            made = subprocess.run(
                [binary("initdb"), *options, "-D", unfinished],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=ENVIRONMENT,
                pass_fds=[lock.fileno()],
                preexec_fn=become,
                start_new_session=True,
            )
        if made.returncode != 0:
            raise StartFailed(f"initdb failed ({made.returncode})", self.log)
        unfinished.rename(self.data)

    def _launch(self, lock: IO[str]) -> None:
        sockets = '"{}"'.format(str(self.socket).replace('"', '""'))
        settings = {**SETTINGS, **self._access, "unix_socket_directories": sockets}
        become = dies_with_parent(signal.SIGINT, unprivileged(self.folder, self.data, self.socket))
        with self.log.open("ab") as log, uninterrupted():
            self._server = subprocess.Popen(
                [binary("postgres"), "-D", self.data, *(f"--{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                pass_fds=[lock.fileno()],
                preexec_fn=become,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the server after our last write
            )

    def _wait_until_ready(self, seconds: float = 60) -> None:
        assert self._server is not None
        end = time.monotonic() + seconds
        while not self._is_ready():
            if self._server.poll() is not None or time.monotonic() > end:
                self.stop()
                raise StartFailed("PostgreSQL didn't start", self.log)
            time.sleep(0.005)

    def _is_ready(self) -> bool:
        """Line 1 of postmaster.pid is the server's process id, line 8 its state."""
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None
        if how is signal.SIGINT and self.socket.parent != self.folder:
            with suppress(OSError):  # not empty: another start has come
                self.socket.rmdir()


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
