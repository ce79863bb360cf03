"""The receiver: takes others' facts from Kafka into the service's log. Whoever reacts to them follows the log."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.kernel.log import Log
from shared.telemetry.log import log_failure
from shared.transport.cluster import cluster_id
from shared.transport.inbox import Inbox
from shared.transport.parked import Seal
from shared.transport.polling import BATCH, Records, own_polling

SLOWLY = 0.3


async def receive(log: Log, bootstrap: str, seal: Seal, *, prefix: str = "") -> None:
    """Take the facts of every source that the service reads, until cancelled. Raises KafkaError at the start."""
    inbox = Inbox(log, seal, await cluster_id(bootstrap), prefix)
    broker = KafkaBroker(
        bootstrap,
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,  # it would write a record's content with each error
        metadata_max_age_ms=5000,
        request_timeout_ms=10000,
    )
    subscriber = broker.subscriber(
        *inbox.topics,
        batch=True,
        max_records=BATCH,
        group_id=prefix + log.service,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
        parser=_parse,
        decoder=_as_it_came,
    )
    own_polling(subscriber)

    @subscriber
    async def take(records: Records) -> None:
        try:
            await inbox.take(records, subscriber.consumer)
        except Exception as error:
            log_failure("receiving-failed", error, service=log.service)
            await asyncio.sleep(SLOWLY)  # the batch comes again at once
            raise

    async with broker:
        await broker.start()
        await asyncio.Event().wait()


async def _parse(records: Records, original: Callable[[Records], Awaitable[Any]]) -> Any:
    """FastStream sees harmless headers, since it skips a whole batch for a bad one; acknowledging, the real records."""
    message = await original(tuple(replace(r, headers=_harmless(r)) for r in records))
    message.raw_message = records
    return message


def _harmless(record: ConsumerRecord) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, (value or b"").decode(errors="replace").encode()) for name, value in record.headers)


async def _as_it_came(message: Any) -> Any:
    return message.raw_message
