"""The receiver: takes others' facts from Kafka into the service's log. Whoever reacts to them follows the log."""

import asyncio
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from shared.kernel.log import Log
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import LOOP_FAILURES
from shared.transport.acknowledging import Acknowledging
from shared.transport.cluster import Cluster, cluster_id, replaced
from shared.transport.first import first_of
from shared.transport.inbox import Inbox
from shared.transport.parked import Seal
from shared.transport.polling import BATCH, Records, own_polling
from shared.transport.stranded import NEWS, stranded

SLOWLY = 0.3


async def receive(log: Log, cluster: Cluster, seal: Seal) -> None:
    """Take the facts of every source that the service reads, until cancelled. Raises KafkaError at the start, and what a
    consumer's fetching failed of."""
    while True:
        known = await cluster_id(cluster)
        inbox = Inbox(log, seal, known, cluster.prefix)
        broker, subscriber = _receiving(inbox, cluster)
        try:
            async with broker:
                await broker.start()
                consumer = subscriber.consumer
                await first_of(replaced(cluster, known), stranded(cluster, consumer), inbox.taken.noting(consumer))
        finally:
            if subscriber.consumer:  # it couldn't be stopped, since its fetching had failed
                await subscriber.consumer._client.close()


def _receiving(inbox: Inbox, cluster: Cluster) -> tuple[KafkaBroker, Any]:
    broker = KafkaBroker(
        cluster.bootstrap.split(","),  # it would take several for one
        security=_security(cluster),
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,  # it would write a record's content with each error
        metadata_max_age_ms=int(NEWS * 1000),
        request_timeout_ms=10000,
    )
    subscriber = broker.subscriber(
        *inbox.topics,
        batch=True,
        max_records=BATCH,
        group_id=cluster.prefix + inbox.log.service,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
        parser=Acknowledging().parse,
        decoder=_as_it_came,
    )
    own_polling(subscriber)

    @subscriber
    async def take(records: Records) -> None:
        try:
            await inbox.take(records)
        except Exception as error:
            log_failure("receiving-failed", error, service=inbox.log.service)
            LOOP_FAILURES.labels(inbox.log.service, "receiver").inc()
            await asyncio.sleep(SLOWLY)  # the batch comes again at once
            raise

    return broker, subscriber


def _security(cluster: Cluster) -> SASLScram512 | None:
    return SASLScram512(cluster.user, cluster.password or "") if cluster.user else None


async def _as_it_came(message: Any) -> Any:
    return message.raw_message
