"""What a receiver tells Kafka of how far it has come: where others go on from, and by which watermarks are judged."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.transport.polling import Records

WHOLE = 10.0
"""Seconds after which what hasn't moved is acknowledged too: what Kafka knows of it may be older than what is true."""


@dataclass
class Acknowledging:
    """The consumer as a batch's message sees it. aiokafka's own acknowledges all that it reads, some sixty partitions,
    however few have moved; so does this one, but not with every batch."""

    now: Callable[[], float] = time.monotonic
    consumer: AIOKafkaConsumer = field(init=False)
    batch: Records = field(init=False)
    _whole: bool = field(default=True, init=False)
    _due: float = field(default=0.0, init=False)
    _assigned: frozenset[TopicPartition] = field(default=frozenset(), init=False)

    async def parse(self, records: Records, original: Callable[[Records], Awaitable[Any]]) -> Any:
        """FastStream sees the ends of the batch, and no header, since it skips a whole batch for a bad one;
        acknowledging, it has the real records."""
        message = await original(tuple(replace(record, headers=()) for record in (records[0], records[-1])))
        self.consumer, self.batch = message.consumer, records
        message.raw_message, message.consumer = records, self
        return message

    async def commit(self) -> None:
        """The batch is taken. Tell of all where partitions may have come and gone, and when it couldn't be told before.
        Raises KafkaError."""
        assigned = self.consumer.assignment()
        whole = self._whole or assigned is not self._assigned or self.now() >= self._due
        self._whole = True
        if whole:
            await self.consumer.commit()
            self._due = self.now() + WHOLE
        elif moved := assigned & {TopicPartition(record.topic, record.partition) for record in self.batch}:
            await self.consumer.commit({place: await self.consumer.position(place) for place in moved})
        self._whole, self._assigned = False, assigned

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """The batch is to come again."""
        self.consumer.seek(partition, offset)
