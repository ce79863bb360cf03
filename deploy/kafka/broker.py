"""A real Kafka broker without Docker: Apache Kafka in KRaft mode as a child of this process."""

import base64
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from deploy.child import StartFailed, dies_with_parent
from deploy.kafka.jars import HERE, LIBS, fetch_jars, one_at_a_time
from deploy.kafka.jvm import ARCHIVE, command

_STARTED = "Kafka Server started"
_PORT_TAKEN = "Address already in use"
_ATTEMPTS = 5


class Broker:
    """One broker on the loopback with its data in `root`; they outlive it, the process doesn't outlive this one.

    The address stays the same from the first start of this object on. Data of an earlier broker are taken up again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.log = self.root / "broker.log"
        self._ports: tuple[int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """Address for clients; RuntimeError before the first start."""
        if self._ports is None:
            raise RuntimeError("the broker hasn't been started")
        return f"127.0.0.1:{self._ports[0]}"

    @property
    def pid(self) -> int:
        """The broker's process id; RuntimeError when it isn't running."""
        if self._process is None:
            raise RuntimeError("the broker isn't running")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and return when the broker serves: a second or two; the first start on a machine also fetches the jars.

        To be called from the main thread. Raises Unavailable where no broker can be had, StartFailed otherwise.
        """
        fetch_jars()
        archive_classes()
        self._start()

    def stop(self, seconds: float = 15) -> None:
        """Stop cleanly, or by force when that takes longer than `seconds`; does nothing when not running."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """Kill as a crash would. The next start takes some three seconds: the old session has to expire."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _start(self, *options: str) -> None:
        """Ports are free only until somebody takes them, so a start may need another try."""
        for _ in range(_ATTEMPTS):
            ports = self._ports or _free_ports()
            self._configure(*ports)
            if not (self.root / "data" / "meta.properties").exists():
                self._format()
            begun = self.log.stat().st_size
            self._process = self._launch(*options)
            if self._is_served(begun):
                self._ports = ports
                return
            self.kill()
            if _PORT_TAKEN not in self._log_since(begun):
                break
        raise StartFailed("The Kafka broker didn't start", self.log)

    def _configure(self, port: int, controller_port: int) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        text = (HERE / "server.properties").read_text()
        for name, value in (("{PORT}", port), ("{CPORT}", controller_port), ("{ROOT}", self.root)):
            text = text.replace(name, str(value))
        (self.root / "server.properties").write_text(text)
        self.log.touch()

    def _format(self) -> None:
        """The first start gives the data folder its cluster id."""
        tool = command("kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", f"{self.root}/server.properties")
        with self.log.open("ab") as log:
            done = subprocess.run(tool, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if done.returncode != 0:
            raise StartFailed(f"Kafka couldn't prepare {self.root}", self.log)

    def _launch(self, *options: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command("kafka.Kafka", f"{self.root}/server.properties", options=options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),
                start_new_session=True,
            )

    def _is_served(self, begun: int, seconds: float = 60) -> bool:
        """By the broker's own word: the port alone could be somebody else's."""
        end = time.monotonic() + seconds
        while self._process is not None and self._process.poll() is None and time.monotonic() < end:
            if _STARTED in self._log_since(begun):
                return True
            time.sleep(0.02)
        return False

    def _log_since(self, begun: int) -> str:
        return self.log.read_bytes()[begun:].decode(errors="replace")

    def _end(self, how: signal.Signals, seconds: float = 15) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:  # without its controller's quorum a broker never finishes
            self._process.kill()
            self._process.wait()
        self._process = None


def archive_classes() -> None:
    """Archive the classes that a throw-away broker loads, once (some five seconds); it halves every later start."""
    if ARCHIVE.exists():
        return
    with one_at_a_time():
        if ARCHIVE.exists():
            return
        with tempfile.TemporaryDirectory(dir=LIBS) as folder:
            fresh = Path(folder) / ARCHIVE.name
            broker = Broker(Path(folder) / "broker")
            broker._start(f"-XX:ArchiveClassesAtExit={fresh}")
            broker.stop(seconds=60)
            fresh.rename(ARCHIVE)


def _cluster_id() -> str:
    """Sixteen random bytes; the tool would take a leading dash for an option."""
    while (made := base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")).startswith("-"):
        pass
    return made


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
