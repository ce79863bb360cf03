"""A secured Kafka of one or three brokers without Docker, as children of this process."""

import json
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from deploy.kafka.addresses import free_ports, new_cluster_id
from deploy.kafka.broker import prepare
from deploy.kafka.node import Node, PortTaken

ADMIN = "admin"
_ATTEMPTS = 5
_SAFE = re.compile(r"[A-Za-z0-9_.~-]+")


Ports = list[list[int]]
"""Of each broker, its clients' and its controller's."""


class Brokers:
    """`count` brokers on the loopback with their data in `root`; of three, one may be down and nothing stands still.

    Clients log in by SCRAM-SHA-512; at first there is only the user `admin`, who may do everything. Brokers are numbered
    from 0. Addresses and data stay over a stop. ValueError for a password that Kafka's settings can't hold.
    """

    def __init__(self, root: Path, count: int, admin_password: str) -> None:
        if not _SAFE.fullmatch(admin_password):
            raise ValueError("the administrator's password may hold letters, digits and _.~- only")
        self._root, self._password = root.absolute(), admin_password
        self._nodes = [Node(self._root / str(number)) for number in range(1, count + 1)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ports(self) -> tuple[int, ...]:
        """Each broker's for clients; FileNotFoundError before the first start."""
        return tuple(port for port, _ in self._ports())

    @property
    def bootstrap(self) -> str:
        """Addresses for clients; FileNotFoundError before the first start."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    @property
    def pids(self) -> tuple[int | None, ...]:
        """Each broker's process id; None of one that isn't running."""
        return tuple(node.pid if node.is_running else None for node in self._nodes)

    @property
    def is_running(self) -> bool:
        """Whether all of them are."""
        return all(node.is_running for node in self._nodes)

    def start(self) -> None:
        """Start all and return when they serve: two to four seconds, the very first time more (see `prepare`).

        To be called from the main thread. Raises ValueError when the data are of another number of brokers,
        Unavailable where no broker can be had, StartFailed otherwise.
        """
        prepare()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._start(self._ports() if self._file.exists() else self._new_ports())
            except PortTaken:
                self._end(signal.SIGKILL)
                if attempt == _ATTEMPTS:
                    raise
                self._new_ports()
            else:
                return

    def stop(self, seconds: float = 15) -> None:
        """Stop all cleanly, or by force what takes longer than `seconds`."""
        self._end(signal.SIGTERM, seconds)

    def kill(self, broker: int) -> None:
        """Kill one as a crash would."""
        self._nodes[broker].end(signal.SIGKILL)

    def launch_one(self, broker: int) -> None:
        """Start one that isn't running, without waiting until it serves; from the main thread."""
        self._nodes[broker].end(signal.SIGKILL)
        self._nodes[broker].launch()

    def restart_one(self, broker: int) -> None:
        """Start one again, whether it runs or not, and return when it serves; from the main thread."""
        self._nodes[broker].end(signal.SIGTERM)
        self._nodes[broker].launch()
        self._nodes[broker].wait()

    @property
    def _file(self) -> Path:
        return self._root / "ports.json"

    def _ports(self) -> Ports:
        ports: Ports = json.loads(self._file.read_text())
        if len(ports) != len(self._nodes):
            raise ValueError(f"{self._root} holds a cluster of {len(ports)} brokers, not of {len(self._nodes)}")
        return ports

    def _new_ports(self) -> Ports:
        free = iter(free_ports(2 * len(self._nodes)))
        ports = [[next(free), next(free)] for _ in self._nodes]
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._file.with_suffix(".fresh")
        fresh.write_text(json.dumps(ports))
        fresh.rename(self._file)
        return ports

    def _start(self, ports: Ports) -> None:
        self._configure(ports)
        self._format()
        for node in self._nodes:
            node.launch()
        for node in self._nodes:
            node.wait()

    def _format(self) -> None:
        """Without any data it is a new cluster: by its id whoever sends sees that everything is to be sent again."""
        cluster = next((node.cluster for node in self._nodes if node.cluster), None) or new_cluster_id()
        admin = f"SCRAM-SHA-512=[name={ADMIN},password={self._password}]"
        with ThreadPoolExecutor() as at_once:
            new = [node for node in self._nodes if node.cluster is None]
            list(at_once.map(lambda node: node.format(cluster, "--add-scram", admin), new))

    def _configure(self, ports: Ports) -> None:
        count = len(self._nodes)
        voters = ",".join(f"{number}@127.0.0.1:{port}" for number, (_, port) in enumerate(ports, 1))
        shared = {"VOTERS": voters, "REPLICATION": count, "INSYNC": max(1, count - 1), "PASSWORD": self._password}
        for number, (node, (port, controller_port)) in enumerate(zip(self._nodes, ports, strict=True), 1):
            node.configure(
                "server.properties", "secured.properties", NODE=number, PORT=port, CPORT=controller_port, **shared
            )

    def _end(self, how: signal.Signals, seconds: float = 15) -> None:
        for node in self._nodes:
            node.send(how)
        for node in self._nodes:
            node.end(how, seconds)
