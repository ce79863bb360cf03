"""A consumer that can't go on: to whom no broker is left, though others serve the cluster, or whose own work has ended.

For news of the cluster aiokafka asks the brokers that the last news named, and never again the addresses that it began
with. A broker that was alone for a moment and then dies has told its consumers of none but itself.

When the task has failed in which aiokafka fetches, the consumer stays in its group all the same.
"""

import asyncio
import time
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.transport.cluster import EVERY, Cluster, cluster_id

NEWS = 5.0
"""Seconds between a consumer's questions for news."""


async def stranded(cluster: Cluster, consumer: AIOKafkaConsumer) -> None:
    """Return when it doesn't fetch any more, or had no answer to three questions for news, though the cluster answers
    others."""
    while not consumer._fetcher.error_future.done():
        await asyncio.sleep(EVERY)
        heard = consumer._client.cluster._last_successful_refresh_ms / 1000
        if time.time() - heard > 3 * NEWS:
            with suppress(KafkaError, OSError):
                await cluster_id(cluster)
                return
