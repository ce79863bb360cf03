"""The cluster and its topics. `prefix`: stands before every topic of an installation that shares its cluster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import TOPICS
from shared.contracts.watermark import WATERMARKS

FOR_EVER = {"retention.ms": "-1"}
AN_HOUR = {"retention.ms": "3600000", "segment.ms": "3600000"}
TRIES = 10


async def cluster_id(bootstrap: str) -> str:
    """The id of the cluster: a wiped or new one has another."""
    async with _admin(bootstrap) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def create_topics(bootstrap: str, *, prefix: str = "", partitions: int = 3, replication: int = 1) -> None:
    """Create the topics that are missing; one that exists stays as it is, since its partitions keep the facts' order.

    Facts are kept for ever, watermarks an hour. Raises aiokafka's KafkaError.
    """
    safe = {"min.insync.replicas": str(max(1, replication - 1))}
    facts = [NewTopic(prefix + t.name, partitions, replication, topic_configs=FOR_EVER | safe) for t in TOPICS]
    marks = [NewTopic(prefix + name, 1, replication, topic_configs=AN_HOUR) for name in WATERMARKS]
    async with _admin(bootstrap) as admin:
        answer = await admin.create_topics(facts + marks)
    for topic, code, *_ in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(topic)


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await _start(admin)
        yield admin
    finally:
        await admin.close()


async def _start(admin: AIOKafkaAdminClient) -> None:
    """The client may pick a broker of several that is down; another try picks another."""
    for _ in range(TRIES):
        try:
            await admin.start()
            return
        except NodeNotReadyError:
            await asyncio.sleep(0.1)
    raise KafkaConnectionError
