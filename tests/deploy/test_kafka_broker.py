"""The broker from its Maven jars: serves, keeps over a kill, and dies with its owner."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka import broker as broker_module
from deploy.kafka.addresses import free_ports
from deploy.kafka.broker import Broker

ROOT = Path(__file__).parents[2]

OWNER = """
import sys, time
from pathlib import Path
from deploy.kafka.broker import Broker

broker = Broker(Path(sys.argv[1]))
broker.start()
print(broker.pid, flush=True)
time.sleep(60)
"""


async def make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def first(bootstrap: str, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        value: bytes | None = (await consumer.getone()).value
        return value


class TestWhenTheRunHasAKafka:
    async def test_a_record_sent_is_received(self, kafka: str) -> None:
        await make_topic(kafka, "deploy.sent")
        await send(kafka, "deploy.sent", b"one")
        assert await first(kafka, "deploy.sent") == b"one"


class TestWhenTheBrokerIsKilled:
    async def test_an_acknowledged_record_is_there_after_the_next_start(self, tmp_path: Path) -> None:
        with Broker(tmp_path / "a root") as broker:
            address = broker.bootstrap
            await make_topic(address, "kept")
            await send(address, "kept", b"one")
            broker.kill()
            broker.start()
            assert broker.bootstrap == address
            assert await first(address, "kept") == b"one"


class TestWhenItsOwnerIsKilled:
    def test_the_broker_ends_too(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", OWNER, str(tmp_path / "root")]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
            assert owner.stdout is not None
            pid = int(owner.stdout.readline())
            owner.kill()
        while Path(f"/proc/{pid}").exists():  # fails by the test's own time limit
            time.sleep(0.01)


class TestWhenSomebodyTakesThePortFirst:
    def test_the_broker_starts_on_another(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        free = free_ports(2)
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = int(other.getsockname()[1])
            offers = iter([[taken, free[1]], free])
            monkeypatch.setattr(broker_module, "free_ports", lambda _: next(offers))
            with Broker(tmp_path / "root") as broker:
                assert broker.bootstrap == f"127.0.0.1:{free[0]}"
