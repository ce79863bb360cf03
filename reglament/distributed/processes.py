"""The processes of a distributed installation: `reglament process …`, each in a container of its own, or on one machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import uvloop
from starlette.types import ASGIApp

from deploy.kafka.access import grant
from deploy.kafka.agencies import agencies
from reglament.answering import answering, listening
from reglament.distributed.settings import Settings
from reglament.door.front import Front
from reglament.door.proxy import Proxy, upstreams
from reglament.foreground import stop_on_sigterm
from reglament.keeping import stores
from reglament.loaded import everything_is_loaded
from reglament.ourselves import own_app
from reglament.wiring import BUILD, apps
from services.intake.main import publish_calendars, publish_editions
from shared.calendar.clock import Clock, SystemClock
from shared.contracts.topics import SERVICES, topics_read_by
from shared.kernel.bells import ring_between_processes
from shared.kernel.missing import RestoredBehind
from shared.kernel.node import Node
from shared.procedure.editions import load_all
from shared.telemetry.exporting import exporting
from shared.telemetry.log import configure_logging, log
from shared.transport.cluster import create_topics
from shared.transport.parked import Seal
from shared.transport.receiver import receive
from shared.transport.relay import relay


def run(work: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Do the work of a process until it is done or told to stop. Raises Unset."""
    configure_logging()
    stop_on_sigterm()
    settings = Settings.of()
    with exporting(settings.otel_exporter_otlp_endpoint), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))


async def provision(settings: Settings) -> None:
    """Databases, roles, migrations: once before everything else, and again with every release."""
    roles = [*SERVICES, "demonstration"]
    passwords = {role: settings.secret_of(f"postgres-{role}") for role in roles}
    await stores.prepare(settings, settings.demo, passwords)
    log("provisioned")


async def topics(settings: Settings) -> None:
    """Topics, and who may write and read them."""
    admin = settings.cluster("admin")
    await create_topics(admin, replication=settings.kafka_replication)
    granted = agencies()
    users = [*SERVICES, *granted]
    await grant(admin, {user: settings.secret_of(f"kafka-{user}") for user in users}, granted)
    log("topics-granted")


async def api(service: str, settings: Settings) -> None:
    """Answer requests of one service; its worker does the rest."""
    async with _node(service, settings) as node:
        node.run({"bells": partial(ring_between_processes, node.log)})
        await _answer(settings, Front(apps(node, settings), own_app(node.clock, settings, partial(hindrances, node))))


async def worker(service: str, settings: Settings) -> None:
    """Everything of one service but its interfaces: relay, receiver, reactions, read models."""
    async with _node(service, settings) as node:
        cluster = settings.cluster(service)
        node.loops["bells"] = partial(ring_between_processes, node.log)
        node.loops["relay"] = partial(relay, node.log, cluster)
        if topics_read_by(service):
            node.loops["receiver"] = partial(receive, node.log, cluster, Seal(settings.secret))
        await node.start()
        if service == "intake":
            await publish_calendars(node)
            await publish_editions(node, load_all().values())
        await _answer(settings, own_app(SystemClock(), settings, partial(hindrances, node)))


async def front(settings: Settings) -> None:
    """The front door: one address for all interfaces, and a demonstration's legal clock."""
    async with _clock(settings) as clock, Proxy(upstreams()) as proxy:
        await _answer(settings, Front(proxy.apps, own_app(clock, settings, proxy.readiness)))


async def hindrances(node: Node) -> dict[str, str]:
    """Why this process shouldn't be asked anything. A service that stands still, since it was restored behind its
    neighbours, has to be asked what it lacks; its own /ready tells of it."""
    return {what: why for what, why in (await node.readiness()).items() if why != RestoredBehind.__name__}


@asynccontextmanager
async def _node(service: str, settings: Settings) -> AsyncIterator[Node]:
    async with AsyncExitStack() as closing:
        clock = await closing.enter_async_context(_clock(settings))
        opened, vault = await stores.open_log(settings, service), await stores.open_vault(settings, service)
        closing.push_async_callback(opened.close)
        closing.push_async_callback(vault.close)
        node = BUILD[service](opened, vault, clock)
        closing.push_async_callback(node.stop)
        yield node


@asynccontextmanager
async def _clock(settings: Settings) -> AsyncIterator[Clock]:
    if not settings.demo:
        yield SystemClock()
        return
    clock = await stores.open_clock(settings)
    try:
        yield clock
    finally:
        await clock.pool.close()


async def _answer(settings: Settings, app: ASGIApp) -> None:
    everything_is_loaded()
    with listening(*settings.address) as listener:
        async with answering(app, listener) as server:
            await server
