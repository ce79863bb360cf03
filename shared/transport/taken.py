"""How far a service has come in what Kafka holds for it: a watermark holds once all that was sent before it is taken."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import topics_of
from shared.kernel.follow import TROUBLE
from shared.kernel.log import Log
from shared.transport.watermark import note


@dataclass
class Taken:
    """`upto`: the offset before which all of a partition is known to be taken, by this process or another of the service;
    `told`: the newest watermark of each source; `pending`: one being looked into, and how far everybody has to come first.
    """

    log: Log
    prefix: str
    upto: dict[TopicPartition, int] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)
    pending: dict[str, tuple[datetime, dict[TopicPartition, int]]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def move(self, upto: Mapping[TopicPartition, int], told: Mapping[str, datetime]) -> None:
        """So far everything is in the log or parked, and so much was told."""
        self.upto.update(upto)
        self.told.update(told)
        self.news.set()

    async def noting(self, consumer: AIOKafkaConsumer) -> None:
        """Note watermarks once they hold, until cancelled. Beside the taking of facts: the broker answers a question only
        after the fetch under way on its connection, and facts don't wait for that."""
        while True:
            await self.news.wait()
            self.news.clear()
            await asyncio.gather(*(self._look_into(source, consumer) for source in {*self.told, *self.pending}))

    async def _look_into(self, source: str, consumer: AIOKafkaConsumer) -> None:
        with suppress(KafkaError, *TROUBLE):  # the next second's watermark will tell
            if source not in self.pending and (parts := self._partitions(source, consumer)) is not None:
                until = self.told.pop(source)
                self.pending[source] = until, await consumer.end_offsets(parts)
            if source in self.pending and await self._all_taken(self.pending[source][1], consumer):
                await note(self.log.pool, source, self.pending.pop(source)[0])

    def _partitions(self, source: str, consumer: AIOKafkaConsumer) -> list[TopicPartition] | None:
        """All that holds facts of the source; None while the brokers say nothing of a topic, which may hold unread ones."""
        topics = {t: consumer.partitions_for_topic(t) for t in (self.prefix + t.name for t in topics_of(source))}
        if None in topics.values():
            return None
        return [TopicPartition(topic, part) for topic, found in topics.items() for part in found or ()]

    async def _all_taken(self, ends: dict[TopicPartition, int], consumer: AIOKafkaConsumer) -> bool:
        """What another process of the service has taken shows in what the group has committed."""
        for partition, end in ends.items():
            if self.upto.get(partition, 0) < end:
                self.upto[partition] = max(await consumer.committed(partition) or 0, self.upto.get(partition, 0))
                if self.upto[partition] < end:
                    return False
        return True
