"""The relay: sends a service's own public facts to Kafka, as they stand in the log, and computes nothing."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError

from shared.contracts.watermark import Watermark, watermark_topic
from shared.kernel import points
from shared.kernel.follow import follow
from shared.kernel.log import OWN_PUBLIC, Log, Row
from shared.kernel.tasks import heed_cancellation
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import LOOP_FAILURES
from shared.transport.cluster import Cluster, cluster_id, replaced
from shared.transport.first import first_of
from shared.transport.partitions import Partitioner
from shared.transport.watermark import EVERY, complete_until
from shared.transport.wire import sent

PATIENCE, AGAIN, FLUSH = 20.0, 0.2, 2.0
BATCH = 512 * 1024
"""Bytes for one partition at once: half of what any broker takes."""


async def relay(log: Log, cluster: Cluster, *, patience: float = PATIENCE) -> None:
    """Send until cancelled. After any error begin anew at the cursor, with a new producer: the old one may be wedged.

    `patience`: seconds to wait for acknowledgements. Once they are out, whether the facts were written is unknown;
    they are sent again, and receivers know them.
    """
    while True:
        try:
            await _relaying(log, cluster, patience)
        except Exception as error:
            heed_cancellation()
            log_failure("relay-failed", error, service=log.service)
            LOOP_FAILURES.labels(log.service, "relay").inc()
        await asyncio.sleep(AGAIN)


async def _relaying(log: Log, cluster: Cluster, patience: float) -> None:
    """A wiped or new cluster has another id, so another cursor: it gets everything by itself."""
    known = await cluster_id(cluster)
    cursor = f"kafka:{known}"
    producer = AIOKafkaProducer(
        **cluster.options,
        enable_idempotence=True,
        acks="all",
        partitioner=Partitioner(),
        max_batch_size=BATCH,
        retry_backoff_ms=50,
        request_timeout_ms=5000,
        metadata_max_age_ms=5000,
    )

    async def handler(rows: Sequence[Row]) -> None:
        points.reached("relay: before send")
        waiting = [await _send(producer, log.service, row, cluster.prefix) for row in rows]
        points.reached("relay: sent")
        done, late = await asyncio.wait(waiting, timeout=patience)
        if late:
            raise KafkaTimeoutError  # TimeoutError is an OSError, which `follow` would take for the database's
        for acknowledged in done:
            acknowledged.result()
        points.reached("relay: acknowledged")

    try:
        await producer.start()
        await first_of(
            follow(log, cursor, handler, where=OWN_PUBLIC, traced_as="relay"),
            _tell(log, cursor, producer, cluster.prefix),
            replaced(cluster, known),
        )
    finally:
        await _stop(producer)


async def _send(producer: AIOKafkaProducer, service: str, row: Row, prefix: str) -> "asyncio.Future[object]":
    topic, key, value, headers = sent(service, row)
    acknowledged: asyncio.Future[object] = await producer.send(prefix + topic, value, key=key, headers=list(headers))
    acknowledged.add_done_callback(_seen)
    return acknowledged


def _seen(done: "asyncio.Future[object]") -> None:
    """Its error may come when nobody waits for it any more."""
    if not done.cancelled():
        done.exception()


async def _tell(log: Log, cursor: str, producer: AIOKafkaProducer, prefix: str) -> None:
    """Every second, up to which recorded instant everything was sent and acknowledged."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            if until := await complete_until(log, log, cursor):
                told = Watermark(until=until).model_dump_json().encode()
                sending = await producer.send(prefix + watermark_topic(log.service), told, key=log.service.encode())
                sending.add_done_callback(_seen)
        except Exception as error:  # the next second will tell
            heed_cancellation()
            log_failure("watermark-failed", error, service=log.service)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stopping flushes, for as long as the broker is gone; but what wasn't acknowledged is sent again anyhow."""
    stopping = asyncio.create_task(producer.stop())
    stopping.add_done_callback(_seen)
    if not (await asyncio.wait({stopping}, timeout=FLUSH))[0]:
        producer._message_accumulator.fail_all(KafkaTimeoutError())
        await asyncio.wait({stopping}, timeout=FLUSH)
