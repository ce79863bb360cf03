"""An embedded installation from start to stop: PostgreSQL, perhaps Kafka, every service, one port."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Literal

import uvicorn
import uvloop

from deploy.kafka.broker import Broker
from deploy.postgres.embedded import AlreadyRunning, EmbeddedPostgres
from reglament.embedded import Embedded
from reglament.home import Home
from shared.telemetry.log import configure_logging, log

Mode = Literal["embedded", "kafka"]
PORT = 8000
REVIVE = 0.2
Work = Callable[[str], Awaitable[None]]
"""What is done while the installation serves at this address; when it returns the installation stops."""


class NoPort(Exception):
    """There is no such address, or another program listens there."""


def port_to_use(default: int = PORT) -> int:
    """PORT, or the default; 0 lets the system choose. Raises NoPort."""
    given = os.environ.get("PORT") or str(default)
    if not (given.isascii() and given.isdigit() and int(given) < 2**16):
        raise NoPort(f"PORT is {given!r}; set it to a number from 0 to 65535")
    return int(given)


def serve(home: Home, mode: Mode, port: int, work: Work) -> None:
    """Start everything, do the work, stop everything. To be called from the main thread.

    Raises AlreadyRunning, NoPort, Unavailable (no Kafka to be had), StartFailed.
    """
    configure_logging(stream=(home.path / "reglament.log").open("a", buffering=1))
    _stop_on_sigterm()
    postgres = EmbeddedPostgres(home.path)
    if owner := postgres.served_by:
        raise AlreadyRunning(home.path, owner)
    with _listening(port) as listener, ExitStack() as servers:
        servers.enter_context(postgres)
        given = os.environ.get("KAFKA_BOOTSTRAP") if mode == "kafka" else None
        broker = servers.enter_context(Broker(home.path / "kafka")) if mode == "kafka" and not given else None
        system = Embedded(home, postgres, broker.bootstrap if broker else given)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(system, listener, work, [postgres, broker] if broker else [postgres]))


def _stop_on_sigterm() -> None:
    """At any moment like Ctrl-C, also where a shell has had that ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((os.environ.get("HOST") or "127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise NoPort(f"port {port} is taken; set PORT to another one") from error
    with listener:
        yield listener


async def _serve(
    system: Embedded, listener: socket.socket, work: Work, servers: Sequence[EmbeddedPostgres | Broker]
) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    reviving = asyncio.ensure_future(_revive(servers))
    try:
        async with _answering(await system.start(), listener) as server:
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
                with contextlib.suppress(AlreadyRunning):  # the last of its processes isn't gone yet
                    server.start()


@asynccontextmanager
async def _answering(app: object, listener: socket.socket) -> AsyncIterator["asyncio.Future[None]"]:
    """The HTTP server; the future is done when it was told to stop (Ctrl-C, SIGTERM)."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        ws="websockets-sansio",
        ws_max_size=16_384,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells it by this flag alone
        await asyncio.sleep(0.01)
    try:
        yield serving
    finally:
        server.should_exit = True
        await serving
