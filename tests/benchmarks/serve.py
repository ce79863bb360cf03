"""The processes that are measured from outside: `python -m tests.benchmarks.serve WHAT ARGUMENTS-AS-JSON`.

Each says its port on a line of its own once it answers. Subjects are the product's own apps over its own server; floors are
the least that the same server can do.
"""

import asyncio
import json
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from deploy.child import dies_with_parent
from deploy.postgres.embedded import EmbeddedPostgres
from reglament.answering import answering, listening
from reglament.door.front import Front
from reglament.keeping import stores
from reglament.keeping.home import Home
from reglament.loaded import everything_is_loaded
from reglament.ourselves import own_app
from reglament.wiring import BUILD, apps
from services.notification.queues.views import QUEUE
from shared.calendar.clock import SystemClock
from shared.kernel.bells import ring_between_processes
from shared.kernel.node import Node
from shared.telemetry.log import configure_logging
from shared.transport.cluster import Cluster
from shared.transport.parked import Seal
from shared.transport.receiver import receive
from shared.transport.relay import relay
from tests.benchmarks.postgres import INSERT
from tests.benchmarks.town import Hands

Serving = Callable[..., Awaitable[None]]


class Given(BaseModel):
    id: str


async def bare_http(dsn: str, payload: int) -> None:
    """A body of one field, checked, and one durable insert."""
    pool = await asyncpg.create_pool(dsn, min_size=8, max_size=8)
    app, data = FastAPI(), "x" * payload

    @app.post("/facts", status_code=201)
    async def write(given: Given) -> Given:
        await pool.execute(INSERT, given.id, data)
        return given

    await _serve(app)


async def bare_socket(payload: int) -> None:
    """Whoever says hello is sent a frame of this size, and another one each time that anybody says go."""
    frame, watching = "x" * payload, set[WebSocket]()

    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        if await websocket.receive_text() == "go":
            for other in list(watching):
                with suppress(WebSocketDisconnect):
                    await other.send_text(frame)
        else:
            watching.add(websocket)
            await websocket.send_text(frame)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            watching.discard(websocket)

    await _serve(Starlette(routes=[WebSocketRoute("/live", live)]))


async def api(service: str, home: str) -> None:
    """One service's interfaces, as its API process has them."""
    opened, postgres = Home(Path(home), demonstration=False), EmbeddedPostgres(Path(home))
    async with _node(service, postgres) as node:
        node.run({"bells": partial(ring_between_processes, node.log)})
        await _serve(Front(apps(node, opened), own_app(node.clock, opened, node.readiness)))


async def relaying(service: str, home: str, bootstrap: str) -> None:
    """A worker of which only the relay runs."""
    async with _node(service, EmbeddedPostgres(Path(home))) as node:
        await _say_and_do(relay(node.log, Cluster(bootstrap)))


async def receiving(service: str, home: str, bootstrap: str, reacting: bool) -> None:
    """A worker of which only the receiver runs, and the reactions where they are wanted."""
    async with _node(service, EmbeddedPostgres(Path(home))) as node:
        if reacting:
            node.run({"reactions": node.reactor.run})
        await _say_and_do(receive(node.log, Cluster(bootstrap), Seal(b"secret")))


async def worker(service: str, home: str, bootstrap: str) -> None:
    """One service's worker, as its process is."""
    async with _node(service, EmbeddedPostgres(Path(home))) as node:
        node.loops["bells"] = partial(ring_between_processes, node.log)
        node.loops["relay"] = partial(relay, node.log, Cluster(bootstrap))
        node.loops["receiver"] = partial(receive, node.log, Cluster(bootstrap), Seal(b"secret"))
        await node.start()
        await _say_and_do(asyncio.Event().wait())


async def sweeping(home: str, at: str) -> None:
    """Notification's worker at this legal instant, of which only the queue's view and the sweep run."""
    async with _node("notification", EmbeddedPostgres(Path(home))) as node:
        node.clock, node.views, node.reactions = Hands(datetime.fromisoformat(at)), (QUEUE,), {}
        node.loops = {"sweep": node.loops["sweep"]}
        await node.start()
        await _say_and_do(asyncio.Event().wait())


async def _say_and_do(work: Awaitable[object]) -> None:
    everything_is_loaded()
    print(0, flush=True)
    await work


@asynccontextmanager
async def _node(service: str, postgres: EmbeddedPostgres) -> AsyncIterator[Node]:
    log, vault = await stores.open_log(postgres, service), await stores.open_vault(postgres, service)
    node = BUILD[service](log, vault, SystemClock())
    yield node
    await node.stop()


async def _serve(app: Any) -> None:
    everything_is_loaded()
    with listening("127.0.0.1", 0) as listener:
        async with answering(app, listener) as server:
            print(listener.getsockname()[1], flush=True)
            await server


KINDS: dict[str, Serving] = {"bare_http": bare_http, "bare_socket": bare_socket, "api": api}
KINDS |= {"relaying": relaying, "receiving": receiving, "worker": worker, "sweeping": sweeping}


@asynccontextmanager
async def process(kind: str, **given: Any) -> AsyncIterator[int]:
    """Such a process; gives its port."""
    command = [sys.executable, "-m", "tests.benchmarks.serve", kind, json.dumps(given)]
    started = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, preexec_fn=dies_with_parent(signal.SIGKILL)
    )
    try:
        assert started.stdout
        yield int(await started.stdout.readline())
    finally:
        started.kill()
        await started.wait()


def many_files() -> None:
    """As many sockets as the system allows."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


if __name__ == "__main__":
    configure_logging(level=50)
    many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as _runner:
        _runner.run(KINDS[sys.argv[1]](**json.loads(sys.argv[2])))  # type: ignore[arg-type]
