"""Kafka's own measuring tools, from the jars that the broker runs from."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka.broker import Broker
from deploy.kafka.jvm import command
from tests.benchmarks.postgres import home

TOOLS = "org.apache.kafka.tools"
PRODUCED = re.compile(r"([0-9.]+) records/sec")
LATENCY = re.compile(r"Avg latency: ([0-9.]+) ms.*?99th = ([0-9]+)", re.DOTALL)


@contextmanager
def broker() -> Iterator[Broker]:
    with home() as folder, Broker(folder / "kafka") as started:
        yield started


async def topic(bootstrap: str, name: str, partitions: int = 3) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, partitions, 1)])
    await admin.close()


async def produced(bootstrap: str, name: str, records: int, size: int) -> float:
    """Records in a second that one producer sends, each acknowledged."""
    told = await _run(
        "ProducerPerformance",
        f"--topic {name} --num-records {records} --record-size {size} --throughput -1",
        f"--command-property bootstrap.servers={bootstrap} acks=all",
    )
    return float(PRODUCED.findall(told)[-1])


async def consumed(bootstrap: str, name: str, records: int) -> float:
    """Records in a second that one consumer fetches."""
    told = await _run("ConsumerPerformance", f"--bootstrap-server {bootstrap} --topic {name} --num-records {records}")
    return float(told.strip().splitlines()[-1].split(",")[-1])


async def end_to_end(bootstrap: str, name: str, records: int, size: int) -> tuple[float, float]:
    """Milliseconds from the sending of a record to its receipt, one after another: on the average, and the 99th of 100."""
    told = await _run(
        "EndToEndLatency",
        f"--bootstrap-server {bootstrap} --topic {name} --num-records {records} --producer-acks all --record-size {size}",
    )
    found = LATENCY.search(told)
    assert found, told
    return float(found[1]), float(found[2])


async def _run(tool: str, *arguments: str) -> str:
    full = [word for argument in arguments for word in argument.split()]
    running = await asyncio.create_subprocess_exec(*command(f"{TOOLS}.{tool}", *full), stdout=-1, stderr=-1)
    out, error = await running.communicate()
    if running.returncode:
        raise RuntimeError(f"{tool}: {out.decode()[-500:]}{error.decode()[-500:]}")
    return out.decode()
