"""FastStream's batch subscriber with a `get_msg` of our own: theirs sleeps without listening after an empty poll, and
loses facts when aiokafka meets a record that it can't decode."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream.kafka.subscriber.usecase import BatchSubscriber

POLL, BATCH = 250, 500

Records = tuple[ConsumerRecord, ...]


@dataclass
class Undecodable(ConsumerRecord):  # type: ignore[misc]
    """The place of a record that aiokafka can't decode (a header's name isn't UTF-8): its bytes can't be had."""


class _Listening(BatchSubscriber):
    __slots__ = ()

    async def get_msg(self, consumer: AIOKafkaConsumer) -> Records:
        try:
            drained = await consumer.getmany(timeout_ms=POLL, max_records=BATCH)
        except ConsumerStoppedError:
            raise
        except Exception:
            return await _one_by_one(consumer)
        return tuple(chain(*drained.values()))


def own_polling(subscriber: Any) -> None:
    """Its instances take no attributes, so they change class instead."""
    subscriber.__class__ = _Listening


async def _one_by_one(consumer: AIOKafkaConsumer) -> Records:
    """What the failed poll had drained from other partitions was dropped, and their positions moved on: go back."""
    await _rewind(consumer)
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        return tuple([r for p, end in ends.items() async for r in _singly(consumer, p, end)])
    except BaseException:
        await _rewind(consumer)
        raise


async def _singly(consumer: AIOKafkaConsumer, at: TopicPartition, end: int) -> AsyncIterator[ConsumerRecord]:
    for _ in range(BATCH):
        offset = await consumer.position(at)
        if offset >= end:
            return
        try:
            for record in (await consumer.getmany(at, timeout_ms=POLL, max_records=1)).get(at, ()):
                yield record
        except KafkaError:
            raise
        except Exception:
            consumer.seek(at, offset + 1)
            yield Undecodable(*at, offset, 0, 0, None, None, None, -1, -1, ())


async def _rewind(consumer: AIOKafkaConsumer) -> None:
    """To what is committed, which is what was taken."""
    places = {partition: await consumer.committed(partition) for partition in consumer.assignment()}
    for partition, offset in places.items():
        if offset is not None:
            consumer.seek(partition, offset)
    if fresh := [partition for partition, offset in places.items() if offset is None]:
        await consumer.seek_to_beginning(*fresh)
