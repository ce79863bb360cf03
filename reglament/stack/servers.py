"""PostgreSQL and Kafka of a distributed installation on one machine: started, and started again when they die."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from deploy.child import StartFailed
from deploy.kafka.cluster import Brokers
from deploy.postgres.embedded import AlreadyRunning, EmbeddedPostgres
from reglament.stack.control import Row
from shared.telemetry.log import log

# The administrator comes in where only this user reaches the socket; services show their passwords, as elsewhere.
ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n"
PORT = 5432
PAUSE = 1.0
"""Seconds between two starts of a server that keeps dying."""
STOPPING = 8.0
"""Seconds for the brokers to stop: of three, the last ones lack their quorum and would never end."""


class Servers:
    """To be used from the main thread, which the kernel ends them with."""

    def __init__(self, home: Path, brokers: int, kafka_password: str) -> None:
        access = home / "postgres-access"
        access.write_text(ACCESS)
        self.postgres = EmbeddedPostgres(home, access)
        self.brokers = Brokers(home / "brokers", brokers, kafka_password)
        self._count = brokers
        self._next: defaultdict[str, float] = defaultdict(float)

    @property
    def variables(self) -> dict[str, str]:
        """What docker-compose.yml calls these two by."""
        return {
            "POSTGRES_HOST": str(self.postgres.socket),
            "POSTGRES_PORT": str(PORT),
            "KAFKA_BOOTSTRAP": self.brokers.bootstrap,
            "KAFKA_REPLICATION": str(self._count),
        }

    def start(self) -> None:
        """Raises AlreadyRunning, Unavailable, StartFailed, ValueError when the brokers were another number."""
        self.postgres.start()
        self.brokers.start()

    def stop(self) -> None:
        self.brokers.stop(STOPPING)
        self.postgres.stop()

    def revive(self, now: float) -> None:
        """Start again what has died; PostgreSQL's start is waited for, a broker's isn't."""
        if not self.postgres.is_running and now >= self._next["postgres"]:
            self._died("postgres", now)
            self.postgres.stop()
            with contextlib.suppress(AlreadyRunning, StartFailed, OSError):  # its last processes, a full disk
                self.postgres.start()
        for number, pid in enumerate(self.brokers.pids):
            if pid is None and now >= self._next[f"kafka-{number + 1}"]:
                self._died(f"kafka-{number + 1}", now)
                with contextlib.suppress(OSError):
                    self.brokers.launch_one(number)

    def _died(self, name: str, now: float) -> None:
        log("server-died", server=name)
        self._next[name] = now + PAUSE

    def rows(self) -> Iterator[Row]:
        running = self.postgres.is_running
        yield Row("postgres", "postgres", "database", self.postgres.pid if running else None, None, running)
        for number, (pid, port) in enumerate(zip(self.brokers.pids, self.brokers.ports, strict=True), 1):
            yield Row(f"kafka-{number}", "kafka", "broker", pid, port, pid is not None)
