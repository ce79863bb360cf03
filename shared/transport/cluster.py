"""The cluster, as whom it is used, and its topics."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    RequestTimedOutError,
    TopicAlreadyExistsError,
    for_code,
)

from shared.contracts.topics import SERVICES, TOPICS
from shared.contracts.watermark import WATERMARKS
from shared.kernel.tasks import heed_cancellation
from shared.transport.connections import say_when_closed

say_when_closed()

FOR_EVER = {"retention.ms": "-1"}
AN_HOUR = {"retention.ms": "3600000", "segment.ms": "3600000"}
TRIES, PATIENCE, EVERY = 10, 20.0, 1.0
NOT_YET = (
    InvalidReplicationFactorError,
    GroupCoordinatorNotAvailableError,
    NodeNotReadyError,
    RequestTimedOutError,
    KafkaConnectionError,
)
"""A broker that starts, or was silent for a moment, doesn't count as one yet; one that has just died still does, and may
be the one that is asked: another client may ask another."""
SECURED = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "SCRAM-SHA-512"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kafka. Without a user it asks nobody's name; `prefix` stands before every topic and group of an installation
    that shares its cluster with others."""

    bootstrap: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    prefix: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """What aiokafka's clients need to reach it."""
        plain = {"bootstrap_servers": self.bootstrap}
        if self.user is None:
            return plain
        return plain | SECURED | {"sasl_plain_username": self.user, "sasl_plain_password": self.password}


async def cluster_id(cluster: Cluster) -> str:
    """The id of the cluster: a wiped or new one has another. Raises KafkaError when nobody tells it."""
    for _ in range(TRIES):
        with suppress(NodeNotReadyError):  # one of several that is down
            async with _admin(cluster) as admin:
                return await _id(admin)
        await asyncio.sleep(0.1)
    raise KafkaConnectionError


async def replaced(cluster: Cluster, known: str) -> None:
    """Return when another cluster than the known one answers at this address: it was wiped, or gave up its place.

    Clients don't notice by themselves: they just go on, where nothing is of what was sent before.
    """
    while True:
        with suppress(KafkaError, OSError):
            async with _admin(cluster) as admin:
                while await _id(admin) == known:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(EVERY)
                return
        heed_cancellation()
        await asyncio.sleep(EVERY)


async def create_topics(cluster: Cluster, *, partitions: int = 3, replication: int = 1) -> None:
    """Create the topics that are missing; one that exists stays as it is, since its partitions keep the facts' order.

    Facts are kept for ever, watermarks an hour. Raises aiokafka's KafkaError.
    """
    safe = {"min.insync.replicas": str(max(1, replication - 1))}
    facts = [NewTopic(cluster.prefix + t.name, partitions, replication, topic_configs=FOR_EVER | safe) for t in TOPICS]
    marks = [NewTopic(cluster.prefix + name, 1, replication, topic_configs=AN_HOUR) for name in WATERMARKS]
    end = time.monotonic() + PATIENCE
    while True:
        try:
            async with _admin(cluster, request_timeout_ms=5000) as admin:
                await _create(admin, facts + marks)
                await _make_ready_for_groups(admin)
                return
        except NOT_YET:
            if time.monotonic() > end:
                raise
        await asyncio.sleep(0.1)


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[NewTopic]) -> None:
    """Raises KafkaError."""
    try:
        answer = await admin.create_topics(topics)
    except TimeoutError as late:  # the client's word for a broker to which it finds no way
        raise NodeNotReadyError from late
    for topic, code, *_ in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(topic)


async def _make_ready_for_groups(admin: AIOKafkaAdminClient) -> None:
    """Kafka keeps groups' places in a topic that it makes when first asked for one. That takes it seconds: now, not when
    somebody wants to receive."""
    await admin.find_coordinator(SERVICES[0])


async def _id(admin: AIOKafkaAdminClient) -> str:
    """By a request for no topic's metadata: the client's own for the cluster asks for those of all."""
    return str((await admin._get_cluster_metadata(topics=[])).cluster_id)


@asynccontextmanager
async def _admin(cluster: Cluster, **options: Any) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**cluster.options, **options)
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
