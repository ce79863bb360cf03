"""A real Kafka broker without Docker: Apache Kafka in KRaft mode as a child of this process."""

import signal
import tempfile
from pathlib import Path
from typing import Self

from deploy.kafka.addresses import free_ports, new_cluster_id
from deploy.kafka.jars import LIBS, fetch_jars, one_at_a_time
from deploy.kafka.jvm import ARCHIVE
from deploy.kafka.node import Node, PortTaken

_ATTEMPTS = 5


class Broker:
    """One broker on the loopback, open to everybody there, with its data in `root`; they outlive it, the process doesn't
    outlive this one.

    The address stays the same from the first start of this object on. Data of an earlier broker are taken up again.
    """

    def __init__(self, root: Path, *options: str) -> None:
        """`options`: for Java, beside our own."""
        self.root = root.absolute()
        self._node = Node(root)
        self._options = options
        self._ports: list[int] | None = None

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
        return self._node.pid

    @property
    def is_running(self) -> bool:
        return self._node.is_running

    def start(self) -> None:
        """Start and return when the broker serves: a second or two; the first start on a machine also fetches the jars.

        To be called from the main thread. Raises Unavailable where no broker can be had, StartFailed otherwise.
        """
        prepare()
        self._start()

    def stop(self, seconds: float = 15) -> None:
        """Stop cleanly, or by force when that takes longer than `seconds`; does nothing when not running."""
        self._node.end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """Kill as a crash would. The next start takes some two seconds: the old session has to expire."""
        self._node.end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _start(self) -> None:
        """Ports are free only until somebody takes them, so a start may need another try."""
        for attempt in range(1, _ATTEMPTS + 1):
            ports = self._ports or free_ports(2)
            try:
                self._start_on(*ports)
            except PortTaken:
                if attempt == _ATTEMPTS:
                    raise
            else:
                self._ports = ports
                return

    def _start_on(self, port: int, controller_port: int) -> None:
        voters = f"1@127.0.0.1:{controller_port}"
        self._node.configure(
            "server.properties", NODE=1, PORT=port, CPORT=controller_port, VOTERS=voters, REPLICATION=1, INSYNC=1
        )
        if self._node.cluster is None:
            self._node.format(new_cluster_id())
        self._node.launch(*self._options)
        self._node.wait()


def prepare() -> None:
    """Have the jars, and an archive of the classes that a broker loads, which halves every start.

    Does something only the first time on a machine: some ten seconds. Raises Unavailable.
    """
    fetch_jars()
    if ARCHIVE.exists():
        return
    with one_at_a_time():
        if not ARCHIVE.exists():
            _archive()


def _archive() -> None:
    with tempfile.TemporaryDirectory(dir=LIBS) as folder:
        fresh = Path(folder) / ARCHIVE.name
        broker = Broker(Path(folder) / "broker", f"-XX:ArchiveClassesAtExit={fresh}")
        broker._start()
        broker.stop(seconds=60)
        fresh.rename(ARCHIVE)
