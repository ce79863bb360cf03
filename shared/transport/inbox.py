"""What a batch of records does to a store: facts enter the log, what can't is parked, watermarks are told on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from aiokafka import ConsumerRecord, TopicPartition
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from shared.contracts.topics import topics_read_by
from shared.contracts.watermark import Watermark, watermarks_read_by
from shared.kernel import points
from shared.kernel.log import Log, NewRow
from shared.telemetry.spans import each
from shared.transport.entering import enter
from shared.transport.parked import RecordPlace, Refused, Seal, park
from shared.transport.polling import Undecodable
from shared.transport.taken import Taken
from shared.transport.wire import Record, Unfit, received


@dataclass
class Inbox:
    """One service's. `taken`: how far it has come."""

    log: Log
    seal: Seal
    cluster: str
    prefix: str

    @cached_property
    def taken(self) -> Taken:
        return Taken(self.log, self.prefix)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The services whose facts are read, by the topic of their watermark."""
        return watermarks_read_by(self.log.service)

    @property
    def topics(self) -> list[str]:
        return [self.prefix + name for name in (*(t.name for t in topics_read_by(self.log.service)), *self.sources)]

    async def take(self, records: Iterable[ConsumerRecord]) -> None:
        """Take it all or raise: nothing is acknowledged that isn't in the log or parked."""
        came: list[tuple[ConsumerRecord, NewRow]] = []
        refused: list[Refused] = []
        upto: dict[TopicPartition, int] = {}
        told: dict[str, datetime] = {}
        for record in records:
            upto[TopicPartition(record.topic, record.partition)] = record.offset + 1
            try:
                fact = self._read(record)
            except Unfit as unfit:
                refused.append(self._refused(record, str(unfit)))
                continue
            if isinstance(fact, Watermark):
                told[self.sources[self._topic(record)]] = fact.until
            else:
                came.append((record, fact))
        if came or refused:
            await self._keep(came, refused)
        self.taken.move(upto, told)

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
