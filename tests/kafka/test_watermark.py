"""A watermark that overtakes facts doesn't hold until they have been taken."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from shared.contracts.watermark import Watermark
from shared.kernel.log import Log
from shared.transport.inbox import Inbox
from shared.transport.parked import Seal
from shared.transport.watermark import note

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ELEVEN = datetime(2026, 3, 2, 11, tzinfo=UTC)
HERE, ELSEWHERE = TopicPartition("ApplicationAdmitted", 0), TopicPartition("ApplicationAdmitted", 1)


@dataclass
class Consumer:
    """A member of the group that reads one of two partitions; another member reads the other."""

    ends: dict[TopicPartition, int]
    positions: dict[TopicPartition, int]
    committed_elsewhere: dict[TopicPartition, int] = field(default_factory=dict)
    unknown: str = ""

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        if topic == self.unknown:
            return None
        return {0, 1} if topic == "ApplicationAdmitted" else set()

    def assignment(self) -> set[TopicPartition]:
        return set(self.positions)

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {p: self.ends[p] for p in partitions}

    async def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    async def committed(self, partition: TopicPartition) -> int | None:
        return self.committed_elsewhere.get(partition)


def told(until: datetime) -> Any:
    value = Watermark(until=until).model_dump_json().encode()
    return ConsumerRecord("watermark.intake", 0, 0, 0, 0, b"intake", value, None, 6, len(value), ())


async def noted(log: Log) -> datetime | None:
    at: datetime | None = await log.pool.fetchval("select at from watermarks where source = 'intake'")
    return at


class TestWhenFactsAreStillUnread:
    async def test_it_holds_once_they_are_read_here(self, commission: Log, seal: Seal) -> None:
        inbox = Inbox(commission, seal, "cluster", "")
        consumer = Consumer({HERE: 5, ELSEWHERE: 0}, {HERE: 3})
        await inbox.take([told(TEN)], consumer)
        assert await noted(commission) is None
        # More was sent meanwhile; what counts is what was there when it was told.
        consumer.positions[HERE], consumer.ends[HERE] = 5, 9
        await inbox.take([told(ELEVEN)], consumer)
        assert await noted(commission) == TEN

    async def test_it_holds_once_another_member_has_taken_them(self, commission: Log, seal: Seal) -> None:
        inbox = Inbox(commission, seal, "cluster", "")
        consumer = Consumer({HERE: 0, ELSEWHERE: 2}, {HERE: 0})
        await inbox.take([told(TEN)], consumer)
        assert await noted(commission) is None
        consumer.committed_elsewhere[ELSEWHERE] = 2
        await inbox.take([told(ELEVEN)], consumer)
        assert await noted(commission) == TEN


class TestWhenTheBrokersSayNothingOfATopic:
    async def test_it_does_not_hold_until_they_do(self, commission: Log, seal: Seal) -> None:
        inbox = Inbox(commission, seal, "cluster", "")
        consumer = Consumer({HERE: 5, ELSEWHERE: 0}, {HERE: 5}, unknown="MaterialsSent")
        await inbox.take([told(TEN)], consumer)
        assert await noted(commission) is None
        consumer.unknown = ""
        await inbox.take([told(ELEVEN)], consumer)
        assert await noted(commission) == ELEVEN


class TestWhenAllIsRead:
    async def test_it_holds_at_once(self, commission: Log, seal: Seal) -> None:
        inbox = Inbox(commission, seal, "cluster", "")
        await inbox.take([told(TEN)], Consumer({HERE: 5, ELSEWHERE: 0}, {HERE: 5}))
        assert await noted(commission) == TEN

    async def test_it_never_goes_back(self, commission: Log) -> None:
        await note(commission.pool, "intake", ELEVEN)
        await note(commission.pool, "intake", TEN)
        assert await noted(commission) == ELEVEN
