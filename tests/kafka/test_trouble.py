"""A broker that freezes, dies or comes back empty, and a store that is away: nothing is lost, nothing doubled."""

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.kafka.broker import Broker
from deploy.kafka.cluster import Brokers
from deploy.kafka.jars import Unavailable
from deploy.postgres.embedded import EmbeddedPostgres
from shared.contracts.topics import BY_NAME
from shared.kernel.log import Log, NewRow
from shared.transport.cluster import Cluster, cluster_id, create_topics
from shared.transport.parked import Seal, parked, retry
from tests.kafka.facts import write
from tests.kafka.running import Link, copies, parked_there, plain, running, until

CASE = ("ApplicationRegistered", "ExecutorAssigned", "ApplicationAdmitted")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of this module's own, since it is ill-treated."""
    with_data = Broker(tmp_path_factory.mktemp("trouble"))
    try:
        with_data.start()
    except Unavailable as reason:
        pytest.fail(f"No broker to ill-treat: {reason}")
    yield with_data
    with_data.kill()


@pytest.fixture
async def own(broker: Broker, seal: Seal) -> Link:
    if not broker.is_running:  # a test that failed left it so
        broker.start()
    link = Link(Cluster(broker.bootstrap, prefix=f"{uuid4().hex[:8]}."), seal)
    await create_topics(link.cluster, partitions=1)
    return link


async def all_there(log: Log, rows: list[NewRow]) -> None:
    came = await copies(log, len(rows))
    assert sorted(plain(row) for row in came) == sorted(plain(row) for row in rows)
    assert await parked(log) == []


class TestWhenTheBrokerFreezes:
    async def test_the_relay_begins_anew_and_everything_arrives_once(
        self, intake: Log, commission: Log, own: Link, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def failed() -> bool:
            return any(record.message == "relay-failed" for record in caplog.records)

        with caplog.at_level(logging.INFO, "reglament"):
            async with running(own.relay(intake, patience=0.5), own.receive(commission)):
                rows = await write(intake, *CASE)
                await copies(commission, 3)
                os.kill(broker.pid, signal.SIGSTOP)
                rows += [row for _ in range(50) for row in await write(intake, *CASE)]
                await until(failed)
                os.kill(broker.pid, signal.SIGCONT)
                await all_there(commission, rows)


class TestWhenTheBrokerIsAwayForFiveSeconds:
    async def test_everything_arrives_once_it_is_back(
        self, intake: Log, commission: Log, own: Link, broker: Broker
    ) -> None:
        async with running(own.relay(intake), own.receive(commission)):
            rows = await write(intake, *CASE)
            await copies(commission, 3)  # a receiver that hasn't begun yet fails, for its node to begin anew
            rows += [row for _ in range(20) for row in await write(intake, *CASE)]
            broker.kill()
            rows += [row for _ in range(20) for row in await write(intake, *CASE)]
            await asyncio.sleep(5)
            rows += [row for _ in range(20) for row in await write(intake, *CASE)]
            broker.start()
            await all_there(commission, rows)


class TestWhenTheBrokerComesBackEmpty:
    async def test_everything_is_sent_again_and_changes_nothing(
        self, intake: Log, commission: Log, own: Link, broker: Broker
    ) -> None:
        async with running(own.relay(intake), own.receive(commission)):
            rows = await write(intake, *CASE)
            before = await copies(commission, 3)
        broker.kill()
        shutil.rmtree(broker.root / "data")
        broker.start()
        await create_topics(own.cluster, partitions=1)
        async with running(own.relay(intake), own.receive(commission)):
            rows += await write(intake, "WithdrawalRequested")
            await all_there(commission, rows)
        # One cursor for each cluster's id; the first three facts stayed where they were.
        assert await intake.pool.fetchval("select count(*) from cursors where name like 'kafka:%'") == 2
        assert [row.place for row in (await copies(commission, 4))[:3]] == [row.place for row in before]

    async def test_a_relay_that_runs_meanwhile_sends_what_nobody_had_received(
        self, intake: Log, commission: Log, own: Link, broker: Broker
    ) -> None:
        async def gone() -> bool:
            return bool(await intake.pool.fetchval("select max(position) from cursors where name like 'kafka:%'"))

        async with running(own.relay(intake)):
            rows = await write(intake, *CASE)
            await until(gone)
            broker.kill()
            shutil.rmtree(broker.root / "data")
            broker.start()
            await create_topics(own.cluster, partitions=1)
            async with running(own.receive(commission)):
                rows += await write(intake, "WithdrawalRequested")
                await all_there(commission, rows)


class TestWhenAnInstallationMovesToAnotherBroker:
    async def test_what_was_parked_can_be_let_in_there(
        self, intake: Log, commission: Log, own: Link, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as older:
            older.delitem(BY_NAME, "ApplicationAdmitted")
            async with running(own.relay(intake), own.receive(commission)):
                rows = await write(intake, *CASE)
                (old,) = await parked_there(commission, 1)
                await copies(commission, 2)
            async with running(link.relay(intake), link.receive(commission)):
                rows += await write(intake, "WithdrawalRequested")
                (_, new) = await parked_there(commission, 2)
                await copies(commission, 3)
        assert old.place.cluster != new.place.cluster == await cluster_id(link.cluster)
        for place in (old.place, new.place):  # the second changes nothing: what is there is there
            await retry(commission, place, own.seal)
        await all_there(commission, rows)

    async def test_it_is_let_in_by_coming_again(
        self, intake: Log, commission: Log, own: Link, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as older:
            older.delitem(BY_NAME, "ApplicationAdmitted")
            async with running(own.relay(intake), own.receive(commission)):
                rows = await write(intake, *CASE)
                (old,) = await parked_there(commission, 1)
        async with running(link.relay(intake), link.receive(commission)):
            rows += await write(intake, "WithdrawalRequested")
            await copies(commission, 4)
        await retry(commission, old.place, own.seal)
        await all_there(commission, rows)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brokers]:
    with Brokers(tmp_path_factory.mktemp("three"), 3, "password") as brokers:
        yield brokers
        for broker in range(3):  # a clean stop of three takes its time
            brokers.kill(broker)


async def counted(cluster: Cluster) -> int:
    """How many brokers the cluster says it has; none while nobody says it."""
    return len((await told(cluster, [])).get("brokers", []))


async def copied_to(cluster: Cluster) -> set[tuple[int, int]]:
    """On how many brokers our topics' partitions are to be, and on how many they are; nothing while nobody says it."""
    topics = (await told(cluster, [cluster.prefix + name for name in BY_NAME])).get("topics", [])
    return {(len(p["replicas"]), len(p["isr"])) for topic in topics for p in topic["partitions"]}


async def told(cluster: Cluster, topics: list[str]) -> dict[str, Any]:
    """What a broker says; nothing when the client asks the one that is down."""
    admin = AIOKafkaAdminClient(**cluster.options)
    try:
        await admin.start()
        return dict((await admin._get_cluster_metadata(topics=topics)).to_object())
    except KafkaError:
        return {}
    finally:
        await admin.close()


class TestWhenOneOfThreeBrokersIsDown:
    async def test_topics_of_three_copies_are_made_and_it_is_given_its_own_later(self, three: Brokers) -> None:
        async def missed() -> bool:
            return await counted(cluster) == 2

        async def made_on_two() -> bool:
            return await copied_to(cluster) == {(3, 2)}

        async def made_on_three() -> bool:
            return await copied_to(cluster) == {(3, 3)}

        cluster = Cluster(three.bootstrap, "admin", "password")
        three.kill(2)
        try:
            await until(missed)
            await create_topics(cluster, replication=3)
            await until(made_on_two)
        finally:
            three.restart_one(2)
        await until(made_on_three)

    async def test_topics_are_made_also_when_it_is_the_one_that_is_asked(
        self, three: Brokers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usual, asked = AIOKafkaAdminClient._send_to_controller, list[object]()

        async def of_the_dead_one(admin: AIOKafkaAdminClient, request: object) -> object:
            asked.append(request)
            return await (usual(admin, request) if len(asked) > 1 else admin._send_request_to_node(3, request))

        monkeypatch.setattr(AIOKafkaAdminClient, "_send_to_controller", of_the_dead_one)
        three.kill(2)  # the third, of number 3
        try:
            await create_topics(Cluster(three.bootstrap, "admin", "password", prefix="asked."), partitions=1)
        finally:
            three.restart_one(2)
        assert len(asked) > 1


class TestWhenTheLeaderOfThreeBrokersIsKilled:
    async def test_everything_arrives_and_in_order(
        self, intake: Log, commission: Log, seal: Seal, three: Brokers
    ) -> None:
        about = uuid4()
        link = Link(Cluster(three.bootstrap, "admin", "password", prefix="led."), seal)
        await create_topics(link.cluster, partitions=1, replication=3)
        async with running(link.relay(intake), link.receive(commission)):
            rows: list[NewRow] = []
            for killed in range(3):  # one of them leads
                rows += await write(intake, *["ExecutorAssigned"] * 30, subject=about, first=30 * killed + 1)
                three.kill(killed)
                rows += await write(intake, *CASE)
                await copies(commission, len(rows))
                three.launch_one(killed)
            await all_there(commission, rows)
        versions = [row.version for row in await copies(commission, len(rows)) if row.subject == str(about)]
        assert versions == [*range(1, 91)]


class TestWhenTheReceiversStoreIsAway:
    async def test_everything_arrives_once_it_is_back(
        self, intake: Log, commission: Log, own: Link, postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def failed_twice() -> bool:
            return [record.message for record in caplog.records].count("receiving-failed") >= 2

        role = await commission.pool.fetchval("select current_user")
        admin = await asyncpg.connect(postgres.dsn("postgres"))
        with caplog.at_level(logging.INFO, "reglament"):
            async with running(own.relay(intake), own.receive(commission)):
                rows = await write(intake, *CASE)
                await copies(commission, 3)
                await admin.execute(f"alter role {role} nologin")
                await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role)
                rows += [row for _ in range(20) for row in await write(intake, *CASE)]
                await until(failed_twice)
                await admin.execute(f"alter role {role} login")
                await all_there(commission, rows)
        await admin.close()
