"""Facts of one service in another's log, over a real Kafka."""

from dataclasses import replace
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient

from shared.kernel.log import START, Log
from shared.transport.cluster import Cluster, cluster_id, create_topics
from shared.transport.wire import sent
from tests.kafka.facts import fact, write
from tests.kafka.running import Link, copies, plain, running, until

CASE = ("ApplicationRegistered", "ExecutorAssigned", "ApplicationAdmitted")
WATERMARK = "select at from watermarks where source = 'intake'"


class TestWhenIntakeHasRecordedFacts:
    async def test_the_commission_has_them_verbatim(self, intake: Log, commission: Log, link: Link) -> None:
        rows = [row for _ in range(20) for row in await write(intake, *CASE)]
        async with running(link.relay(intake), link.receive(commission)):
            came = await copies(commission, len(rows))
        assert {plain(row) for row in came} == {plain(row) for row in rows}
        assert {row.origin for row in came} == {"intake"}

    async def test_private_facts_stay_at_home(self, intake: Log, commission: Log, link: Link) -> None:
        private = fact("intake", "ExecutorAssigned", uuid4(), 1)._replace(subject=None, stream="application:1")
        async with running(link.relay(intake), link.receive(commission)):
            await intake.pool.execute(
                "insert into events(id, stream, version, type, data, meta, at) values($1, $2, 1, $3, $4, $5, $6)",
                *(private.id, private.stream, private.type, private.data, private.meta, private.at),
            )
            rows = await write(intake, *CASE)
            came = await copies(commission, len(rows))
        assert {row.id for row in came} == {row.id for row in rows}

    async def test_facts_flow_both_ways_and_none_comes_back(self, intake: Log, commission: Log, link: Link) -> None:
        about = uuid4()
        async with running(link.relay(intake), link.receive(intake), link.relay(commission), link.receive(commission)):
            registered = await write(intake, *CASE, subject=about)
            await copies(commission, 3)
            scheduled = await write(commission, "ApplicationScheduled", subject=about)
            back = await copies(intake, 1)
            last = await write(intake, "WithdrawalRequested", subject=about, first=4)
            there = await copies(commission, 4)
        assert [plain(row) for row in back] == [plain(row) for row in scheduled]
        assert {plain(row) for row in there} == {plain(row) for row in registered + last}

    async def test_a_row_sent_twice_is_kept_once(self, intake: Log, commission: Log, link: Link) -> None:
        rows = await write(intake, *CASE)
        await link.send(*[sent("intake", row) for row in rows * 2])
        await link.send(*[sent("intake", row) for row in rows])
        async with running(link.receive(commission)):
            await link.send(sent("intake", fact("intake", "WithdrawalRequested", uuid4(), 1)))
            came = await copies(commission, 4)
        assert [row.type for row in came].count("ApplicationAdmitted") == 1
        assert len(came) == 4


class TestWhenTopicsExist:
    async def test_making_them_again_changes_nothing(self, link: Link) -> None:
        after = replace(link, cluster=replace(link.cluster, prefix=f"after.{link.cluster.prefix}"))
        await create_topics(link.cluster, partitions=7)
        await create_topics(after.cluster, partitions=1)
        await until(lambda: _knows(after, "ContractSigned"))
        assert await _partitions(link, "ContractSigned") == 3


class TestWatermarks:
    async def test_tell_up_to_when_the_source_is_complete(self, intake: Log, commission: Log, link: Link) -> None:
        rows = await write(intake, *CASE)
        async with running(link.relay(intake), link.receive(commission)):
            await until(lambda: _noted(commission))
            came = await commission.read(START, "origin is not null")
        assert len(came) == len(rows)

    async def test_hold_only_when_every_fact_sent_before_has_been_taken(
        self, intake: Log, commission: Log, link: Link
    ) -> None:
        rows = [row for _ in range(400) for row in await write(intake, *CASE)]
        async with running(link.relay(intake)):
            await until(lambda: _caught_up(intake, link.cluster))
        async with running(link.relay(intake), link.receive(commission)):
            await until(lambda: _noted(commission))
            came = await commission.read(START, "origin is not null", 10_000)
        assert len(came) == len(rows)


async def _noted(log: Log) -> bool:
    return await log.pool.fetchval(WATERMARK) is not None


async def _caught_up(log: Log, cluster: Cluster) -> bool:
    row = await log.pool.fetchrow("select * from cursors where name = $1", f"kafka:{await cluster_id(cluster)}")
    return row is not None and row.place == await log.head("subject is not null and origin is null")


async def _knows(link: Link, topic: str) -> bool:
    """A broker tells of topics some time after they were created, one after another."""
    return await _partitions(link, topic) > 0


async def _partitions(link: Link, topic: str) -> int:
    admin = AIOKafkaAdminClient(**link.cluster.options)
    await admin.start()
    try:
        (described,) = await admin.describe_topics([link.cluster.prefix + topic])
    finally:
        await admin.close()
    return len(described["partitions"])
