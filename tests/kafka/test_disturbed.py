"""Whatever strange comes over the wire: the receiver's log ends as if nothing had happened."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from shared.kernel.log import Log, NewRow
from shared.kernel.sizes import LIMIT
from shared.transport.parked import parked, show
from shared.transport.wire import sent
from tests.kafka.facts import write
from tests.kafka.poison import KINDS, good, send_undecodable
from tests.kafka.running import Link, copies, parked_there, plain, running, until

CASE = ("ApplicationRegistered", "ExecutorAssigned", "ApplicationAdmitted")
TOPIC = "ApplicationAdmitted"
LARGE = 10 * 1024 * 1024
Disturb = Callable[[Link, Log, Sequence[NewRow]], Awaitable[int]]
"""Does it, between two runs of relay and receiver; returns how many records cannot enter the log."""


async def offsets_to_zero(link: Link, _: Log, __: Sequence[NewRow]) -> int:
    group = link.cluster.prefix + "commission"
    consumer = AIOKafkaConsumer(**link.cluster.options, group_id=group, enable_auto_commit=False)
    async with consumer:
        consumer.assign(_partitions(link))
        await consumer.commit(dict.fromkeys(_partitions(link), 0))
    return 0


async def every_topic_twice(_: Link, intake: Log, __: Sequence[NewRow]) -> int:
    await intake.pool.execute("delete from cursors where name like 'kafka:%'")
    return 0


async def one_record_a_thousand_times(link: Link, _: Log, rows: Sequence[NewRow]) -> int:
    await link.send(*[sent("intake", rows[0])] * 1000)
    return 0


async def ten_megabytes(link: Link, _: Log, __: Sequence[NewRow]) -> int:
    """A topic takes such a record only when somebody lets it."""
    await _let_in(link, 2 * LARGE)
    record = good(subject=uuid4())
    async with AIOKafkaProducer(**link.cluster.options, max_request_size=2 * LARGE) as producer:
        topic, headers = link.cluster.prefix + TOPIC, list(record.headers)

        async def taken() -> bool:
            """The broker learns a moment later what the topic takes."""
            with suppress(MessageSizeTooLargeError):
                await producer.send_and_wait(topic, b" " * LARGE, key=record.key, headers=headers, partition=0)
                return True
            return False

        await until(taken)
    return 1


async def an_unknown_type(link: Link, _: Log, __: Sequence[NewRow]) -> int:
    await link.send(*[KINDS["type unknown on the topic"][0](good(subject=uuid4())) for _ in range(3)])
    return 3


async def headers_that_are_not_utf8(link: Link, _: Log, __: Sequence[NewRow]) -> int:
    await link.send(KINDS["header not UTF-8"][0](good()), KINDS["foreign header not UTF-8"][0](good()))
    await send_undecodable(link.cluster, TOPIC, partition=1)
    return 3


DISTURBANCES = [
    offsets_to_zero,
    every_topic_twice,
    one_record_a_thousand_times,
    ten_megabytes,
    an_unknown_type,
    headers_that_are_not_utf8,
]


class TestWhenTheWireIsDisturbed:
    @pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda d: d.__name__)
    async def test_the_log_is_that_of_an_undisturbed_run(
        self, intake: Log, commission: Log, link: Link, disturb: Disturb
    ) -> None:
        async with running(link.relay(intake), link.receive(commission)):
            rows = [row for _ in range(10) for row in await write(intake, *CASE)]
            before = await copies(commission, len(rows))
        strange = await disturb(link, intake, rows)
        async with running(link.relay(intake), link.receive(commission)):
            rows += [row for _ in range(10) for row in await write(intake, *CASE)]
            await until(lambda: _all_is_read(link, commission))
            came = await copies(commission, len(rows))
        assert sorted(map(plain, came)) == sorted(map(plain, rows))
        assert [row.place for row in came][: len(before)] == [row.place for row in before]
        assert len(await parked(commission)) == strange


class TestWhenARecordHasTenMegabytes:
    async def test_it_is_parked_whole_with_the_reason(self, intake: Log, commission: Log, link: Link) -> None:
        await ten_megabytes(link, intake, [])
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
        assert found.reason == f"the body is over {LIMIT // 1024} KB"
        record = await show(commission, found.place, link.seal)
        assert record
        assert record.value == b" " * LARGE


class TestWhenTwoRelaysAndTwoReceiversWorkAtOnce:
    async def test_each_fact_is_there_once_and_in_its_order(self, intake: Log, commission: Log, link: Link) -> None:
        about = [uuid4() for _ in range(5)]
        rows: list[NewRow] = []
        async with running(link.relay(intake), link.relay(intake), link.receive(commission), link.receive(commission)):
            for first in range(1, 201, 10):
                for subject in about:
                    rows += await write(intake, *["ExecutorAssigned"] * 10, subject=subject, first=first)
                await asyncio.sleep(0.05)
            came = await copies(commission, len(rows))
        assert sorted(map(plain, came)) == sorted(map(plain, rows))
        for subject in about:
            assert [row.version for row in came if row.subject == str(subject)] == [*range(1, 201)]


async def _let_in(link: Link, size: int) -> None:
    admin = AIOKafkaAdminClient(**link.cluster.options)
    await admin.start()
    resource = ConfigResource(
        ConfigResourceType.TOPIC, link.cluster.prefix + TOPIC, configs={"max.message.bytes": str(size)}
    )
    await admin.alter_configs([resource])
    await admin.close()


async def _all_is_read(link: Link, log: Log) -> bool:
    """Whether the group has acknowledged every record of the case's topics."""
    group = link.cluster.prefix + log.service
    async with AIOKafkaConsumer(**link.cluster.options, group_id=group, enable_auto_commit=False) as consumer:
        ends = await consumer.end_offsets(_partitions(link))
        return all([(await consumer.committed(p) or 0) >= end for p, end in ends.items()])


def _partitions(link: Link) -> list[TopicPartition]:
    return [TopicPartition(link.cluster.prefix + name, part) for name in CASE for part in range(3)]
