"""Each test has topics and logs of its own on the run's Kafka and PostgreSQL."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.log import Log
from shared.transport.cluster import Cluster, create_topics
from shared.transport.parked import Seal
from tests.kafka.running import Link
from tests.support.stores import fresh_log


@pytest.fixture
async def intake(postgres: EmbeddedPostgres) -> AsyncIterator[Log]:
    log = await fresh_log(postgres, "intake")
    yield log
    await log.close()


@pytest.fixture
async def commission(postgres: EmbeddedPostgres) -> AsyncIterator[Log]:
    log = await fresh_log(postgres, "commission")
    yield log
    await log.close()


@pytest.fixture
def seal() -> Seal:
    return Seal(b"the installation's secret")


@pytest.fixture
async def link(kafka: str, seal: Seal) -> Link:
    """Topics of this test's own, and what runs over them."""
    cluster = Cluster(kafka, prefix=f"{uuid4().hex[:8]}.")
    await create_topics(cluster)
    return Link(cluster, seal)
