"""The whole system in one process: every service on an embedded PostgreSQL, facts copied log to log, or over Kafka."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from starlette.types import ASGIApp

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.door.front import Front
from reglament.keeping import stores
from reglament.keeping.home import Home
from reglament.ourselves import own_app
from reglament.wiring import BUILD, apps
from services.intake.main import publish_editions
from shared.calendar.clock import Clock, SystemClock
from shared.contracts.topics import READERS, SERVICES, topics_read_by
from shared.kernel.node import Node
from shared.procedure.editions import load_all
from shared.transport.cluster import Cluster, create_topics
from shared.transport.copying import copying, watermarks
from shared.transport.parked import Seal
from shared.transport.receiver import receive
from shared.transport.relay import relay


@dataclass
class Embedded:
    """The running system. `cluster`: the Kafka between the services; None copies log to log."""

    home: Home
    postgres: EmbeddedPostgres
    cluster: Cluster | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    _closing: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    async def start(self) -> ASGIApp:
        """Prepare the stores, start every loop, and return the app that serves all interfaces."""
        await stores.prepare(self.postgres, self.home.demonstration)
        clock = await self._clock()
        for service in SERVICES:
            self.nodes[service] = await self._node(service, clock)
        await self._connect()
        for node in self.nodes.values():
            await node.start()
        await publish_editions(self.nodes["intake"], load_all().values())
        return self._front(clock)

    async def stop(self) -> None:
        for node in self.nodes.values():
            await node.stop()
        for close in self._closing:
            await close()

    async def readiness(self) -> dict[str, str]:
        """What isn't well, as `service.what`."""
        states = {name: await node.readiness() for name, node in self.nodes.items()}
        return {f"{name}.{what}": why for name, failing in states.items() for what, why in failing.items()}

    async def _clock(self) -> Clock:
        if not self.home.demonstration:
            return SystemClock()
        clock = await stores.open_clock(self.postgres)
        self._closing.append(clock.pool.close)
        return clock

    async def _node(self, service: str, clock: Clock) -> Node:
        log, vault = await stores.open_log(self.postgres, service), await stores.open_vault(self.postgres, service)
        self._closing += [log.close, vault.close]
        return BUILD[service](log, vault, clock)

    async def _connect(self) -> None:
        """The one difference between the two ways: who copies facts from log to log."""
        seal = Seal(self.home.secret)
        if self.cluster is None:
            for source, reader in [(s, r) for s in SERVICES for r in READERS[s]]:
                logs = self.nodes[source].log, self.nodes[reader].log
                self.nodes[reader].loops[f"copy:{source}"] = partial(copying, *logs, seal)
                self.nodes[reader].loops[f"watermark:{source}"] = partial(watermarks, *logs)
            return
        await create_topics(self.cluster)
        for service, node in self.nodes.items():
            node.loops["relay"] = partial(relay, node.log, self.cluster)
            if topics_read_by(service):
                node.loops["receiver"] = partial(receive, node.log, self.cluster, seal)

    def _front(self, clock: Clock) -> ASGIApp:
        answering = {path: app for node in self.nodes.values() for path, app in apps(node, self.home).items()}
        return Front(answering, own_app(clock, self.home, self.readiness))
