"""What a batch of records does to a store: facts enter the log, what can't is parked, watermarks are noted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from shared.contracts.topics import topics_of, topics_read_by
from shared.contracts.watermark import Watermark, watermarks_read_by
from shared.kernel import points
from shared.kernel.log import Log, NewRow
from shared.telemetry.spans import each
from shared.transport.entering import enter
from shared.transport.parked import RecordPlace, Refused, Seal, park
from shared.transport.polling import Undecodable, position
from shared.transport.watermark import note
from shared.transport.wire import Record, Unfit, received


@dataclass
class Inbox:
    """One service's. `pending`: watermarks told, and how far the group has to come before they hold."""

    log: Log
    seal: Seal
    cluster: str
    prefix: str
    pending: dict[str, tuple[datetime, dict[TopicPartition, int]]] = field(default_factory=dict)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The services whose facts are read, by the topic of their watermark."""
        return watermarks_read_by(self.log.service)

    @property
    def topics(self) -> list[str]:
        return [self.prefix + name for name in (*(t.name for t in topics_read_by(self.log.service)), *self.sources)]

    async def take(self, records: Iterable[ConsumerRecord], consumer: AIOKafkaConsumer) -> None:
        """Take it all or raise: nothing is acknowledged that isn't in the log or parked."""
        came: list[tuple[ConsumerRecord, NewRow]] = []
        refused: list[Refused] = []
        told: dict[str, datetime] = {}
        for record in records:
            try:
                fact = self._read(record)
            except Unfit as unfit:
                refused.append(self._refused(record, str(unfit)))
                continue
            if isinstance(fact, Watermark):
                told[self.sources[self._topic(record)]] = fact.until
            else:
                came.append((record, fact))
        await self._keep(came, refused)
        for source, until in told.items():
            await self._told(source, until, consumer)

    def _topic(self, record: ConsumerRecord) -> str:
        return str(record.topic).removeprefix(self.prefix)

    def _record(self, record: ConsumerRecord) -> Record:
        return Record(self._topic(record), record.key, record.value, tuple(record.headers))

    def _refused(self, record: ConsumerRecord, reason: str) -> Refused:
        place = RecordPlace(self.cluster, self._topic(record), record.partition, record.offset)
        return Refused(place, None if isinstance(record, Undecodable) else self._record(record), reason)

    def _read(self, record: ConsumerRecord) -> NewRow | Watermark:
        if isinstance(record, Undecodable):
            raise Unfit("it can't be decoded: a header's name isn't UTF-8, or its bytes are damaged")
        if self._topic(record) not in self.sources:
            return received(self._record(record), self.log.service)
        try:
            return Watermark.model_validate_json(record.value or b"")
        except ValidationError:
            raise Unfit("it isn't a watermark") from None

    async def _keep(self, came: list[tuple[ConsumerRecord, NewRow]], refused: list[Refused]) -> None:
        with each("receive", [row for _, row in came], SpanKind.CONSUMER):
            await self._commit(came, refused)
        self.log.ring()

    async def _commit(self, came: list[tuple[ConsumerRecord, NewRow]], refused: list[Refused]) -> None:
        async with self.log.pool.acquire() as connection, connection.transaction():
            reasons = await enter(connection, [row for _, row in came])
            late = [self._refused(came[index][0], reason) for index, reason in reasons.items()]
            await park(connection, self.seal, refused + late)
            points.reached("receiver: before commit")
        points.reached("receiver: committed")

    async def _told(self, source: str, until: datetime, consumer: AIOKafkaConsumer) -> None:
        """It may have overtaken facts sent before it: it holds once every partition is read as far as it goes now."""
        if source not in self.pending:
            topics = {t: consumer.partitions_for_topic(t) for t in (self.prefix + t.name for t in topics_of(source))}
            if None in topics.values():  # a topic of which the brokers just now say nothing may hold unread facts
                return
            parts = [TopicPartition(topic, part) for topic, found in topics.items() for part in found or ()]
            self.pending[source] = until, await consumer.end_offsets(parts)
        until, ends = self.pending[source]
        if all([await position(consumer, partition) >= end for partition, end in ends.items()]):
            await note(self.log.pool, source, until)
            del self.pending[source]
