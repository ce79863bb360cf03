"""An embedded installation from start to stop: PostgreSQL, perhaps Kafka, every service, one port."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import Literal

import uvloop

from deploy.child import StartFailed
from deploy.kafka.broker import Broker
from deploy.postgres.embedded import AlreadyRunning, EmbeddedPostgres
from reglament.answering import answering
from reglament.embedded.system import Embedded
from reglament.foreground import listening_on, stop_on_sigterm
from reglament.keeping.home import Home
from reglament.loaded import everything_is_loaded
from shared.telemetry.exporting import exporting
from shared.telemetry.log import configure_logging, log
from shared.transport.cluster import Cluster

Mode = Literal["embedded", "kafka"]
REVIVE = 0.2
Work = Callable[[str], Awaitable[None]]
"""What is done while the installation serves at this address; when it returns the installation stops."""


def serve(home: Home, mode: Mode, port: int, work: Work) -> None:
    """Start everything, do the work, stop everything. To be called from the main thread.

    Raises AlreadyRunning, NoPort, Unavailable (no Kafka to be had), StartFailed.
    """
    configure_logging(stream=(home.path / "reglament.log").open("a", buffering=1))
    stop_on_sigterm()
    postgres = EmbeddedPostgres(home.path)
    if owner := postgres.served_by:
        raise AlreadyRunning(home.path, owner)
    with listening_on(port) as listener, ExitStack() as servers:
        servers.enter_context(postgres)
        given = os.environ.get("KAFKA_BOOTSTRAP") if mode == "kafka" else None
        broker = servers.enter_context(Broker(home.path / "kafka")) if mode == "kafka" and not given else None
        bootstrap = broker.bootstrap if broker else given
        system = Embedded(home, postgres, Cluster(bootstrap) if bootstrap else None)
        servers.enter_context(exporting(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(system, listener, work, [postgres, broker] if broker else [postgres]))


async def _serve(
    system: Embedded, listener: socket.socket, work: Work, servers: Sequence[EmbeddedPostgres | Broker]
) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    reviving = asyncio.ensure_future(_revive(servers))
    try:
        app = await system.start()
        everything_is_loaded()
        async with answering(app, listener) as server:
            system.home.note_serving(url)
            working = asyncio.ensure_future(work(url))
            await asyncio.wait({working, server, reviving}, return_when=asyncio.FIRST_COMPLETED)
            for task in (working, reviving):
                if task.done():
                    await task
            working.cancel()
    finally:
        reviving.cancel()
        system.home.note_stopped()
        await system.stop()


async def _revive(servers: Sequence[EmbeddedPostgres | Broker]) -> None:
    """Start again what has died, in the main thread as it must be: the loop stands still for about a second."""
    while True:
        await asyncio.sleep(REVIVE)
        for server in servers:
            if not server.is_running:
                log("server-died", server=type(server).__name__)
                server.stop()
                with contextlib.suppress(
                    AlreadyRunning, StartFailed
                ):  # its last process isn't gone yet, or its disk is full
                    server.start()
