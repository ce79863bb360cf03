"""Relays and receivers that run within a `with`, and waiting for what they bring about."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.kernel.log import START, Log, NewRow, Row
from shared.kernel.tasks import ended
from shared.transport.cluster import Cluster
from shared.transport.parked import Parked, Seal, parked
from shared.transport.receiver import receive
from shared.transport.relay import relay
from shared.transport.wire import Record
from tests.support.waiting import PATIENCE

SOME_READ = "origin is not null"


@dataclass(frozen=True)
class Link:
    """Kafka with one test's topics."""

    cluster: Cluster
    seal: Seal

    def relay(self, log: Log, patience: float = 20.0) -> Coroutine[Any, Any, None]:
        return relay(log, self.cluster, patience=patience)

    def receive(self, log: Log) -> Coroutine[Any, Any, None]:
        return receive(log, self.cluster, self.seal)

    async def send(self, *records: Record, partition: int | None = None) -> None:
        """Send records as they are, past any relay."""
        async with AIOKafkaProducer(**self.cluster.options) as producer:
            for topic, key, value, headers in records:
                await producer.send_and_wait(
                    self.cluster.prefix + topic, value, key=key, headers=list(headers), partition=partition
                )


@asynccontextmanager
async def running(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run the loops; one that fails fails the test at once."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        yield
        outcomes = await ended(*tasks)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes), "a loop ended by itself"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.02)


async def copies(log: Log, count: int) -> list[Row]:
    """Others' facts in this log, in its order, once there are so many."""
    found: list[Row] = []

    async def there() -> bool:
        found[:] = await log.read(START, SOME_READ, 10_000)
        return len(found) >= count

    await until(there)
    return found


async def parked_there(log: Log, count: int) -> list[Parked]:
    found: list[Parked] = []

    async def there() -> bool:
        found[:] = await parked(log)
        return len(found) >= count

    await until(there)
    return found


def plain(row: Row | NewRow) -> tuple[object, ...]:
    """What has to be the same wherever the fact lies."""
    return row.id, row.stream, row.version, row.subject, row.type, row.data, row.meta, row.at
