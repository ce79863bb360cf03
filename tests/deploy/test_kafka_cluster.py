"""The secured cluster: what it keeps over a stop, what makes it a new one, and three brokers of which one dies."""

import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka.cluster import Brokers
from shared.transport.cluster import Cluster, cluster_id

PASSWORD = "admin-password"


def admin_of(brokers: Brokers) -> Cluster:
    return Cluster(brokers.bootstrap, "admin", PASSWORD)


async def make_topic(admin: Cluster, topic: str, replication: int) -> None:
    client = AIOKafkaAdminClient(**admin.options)
    await client.start()
    await client.create_topics([NewTopic(topic, 1, replication)])
    await client.close()


async def send(admin: Cluster, topic: str, *values: bytes) -> None:
    options = {"enable_idempotence": True, "retry_backoff_ms": 50, "metadata_max_age_ms": 5000}
    async with AIOKafkaProducer(**admin.options, **options) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def first(admin: Cluster, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(topic, **admin.options, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


class TestWhenOneBrokerIsStopped:
    async def test_address_and_records_are_there_after_the_next_start(self, tmp_path: Path) -> None:
        with Brokers(tmp_path / "a root", 1, PASSWORD) as brokers:
            admin = admin_of(brokers)
            await make_topic(admin, "kept", 1)
            await send(admin, "kept", b"one")
            known = await cluster_id(admin)
        with Brokers(tmp_path / "a root", 1, PASSWORD) as again:
            assert admin_of(again) == admin
            assert await cluster_id(admin) == known
            assert await first(admin, "kept", 1) == [b"one"]
            again.kill(0)
            assert (again.is_running, again.pids) == (False, (None,))
            again.restart_one(0)
            assert await first(admin, "kept", 1) == [b"one"]

    async def test_without_its_data_it_is_another_cluster_at_the_same_address(self, tmp_path: Path) -> None:
        with Brokers(tmp_path, 1, PASSWORD) as brokers:
            admin, known = admin_of(brokers), await cluster_id(admin_of(brokers))
        shutil.rmtree(tmp_path / "1" / "data")
        with Brokers(tmp_path, 1, PASSWORD) as wiped:
            assert admin_of(wiped) == admin
            assert await cluster_id(admin) != known

    def test_no_other_number_of_brokers_takes_its_data(self, tmp_path: Path) -> None:
        (tmp_path / "ports.json").write_text("[[20001, 20002]]")
        with pytest.raises(ValueError, match=r"holds a cluster of 1 brokers, not of 3$"):
            Brokers(tmp_path, 3, PASSWORD).start()


class TestWhenTheLeaderOfThreeDies:
    async def test_the_others_go_on_with_every_acknowledged_record(self, tmp_path: Path) -> None:
        with Brokers(tmp_path, 3, PASSWORD) as brokers:
            admin = admin_of(brokers)
            await make_topic(admin, "kept", 3)
            await send(admin, "kept", b"one")
            leader = await _leader(admin, "kept")
            brokers.kill(leader)
            await send(admin, "kept", b"two")
            assert await first(admin, "kept", 2) == [b"one", b"two"]
            brokers.restart_one(leader)
            assert brokers.is_running
            brokers.kill((leader + 1) % 3)
            await send(admin, "kept", b"three")
            assert await first(admin, "kept", 3) == [b"one", b"two", b"three"]
            for broker in range(3):  # a clean stop of three takes its time
                brokers.kill(broker)


class TestAPassword:
    @pytest.mark.parametrize("password", ["", 'a"b', "a,b", "a]b", "a b", "a\nb"])
    def test_that_settings_cant_hold_is_refused(self, tmp_path: Path, password: str) -> None:
        with pytest.raises(ValueError, match="may hold letters, digits"):
            Brokers(tmp_path, 1, password)


async def test_settings_with_the_password_are_its_owners_alone(tmp_path: Path) -> None:
    with Brokers(tmp_path / "root", 1, PASSWORD):
        holding = [p for p in (tmp_path / "root").rglob("*") if p.is_file() and PASSWORD.encode() in p.read_bytes()]
        assert [p.name for p in holding] == ["server.properties"]
        assert [p.stat().st_mode & 0o777 for p in holding] == [0o600]
        assert (tmp_path / "root").stat().st_mode & 0o777 == 0o700


async def _leader(admin: Cluster, topic: str) -> int:
    client = AIOKafkaAdminClient(**admin.options)
    await client.start()
    (described,) = await client.describe_topics([topic])
    await client.close()
    return int(described["partitions"][0]["leader"]) - 1
