"""A watermark that overtakes facts doesn't hold until they have been taken."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import RequestTimedOutError

from shared.contracts.watermark import Watermark
from shared.kernel.log import Log
from shared.transport.inbox import Inbox
from shared.transport.parked import Seal
from shared.transport.taken import Taken
from shared.transport.watermark import note
from tests.support.waiting import beside, eventually

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ELEVEN = datetime(2026, 3, 2, 11, tzinfo=UTC)
HERE, ELSEWHERE = TopicPartition("ApplicationAdmitted", 0), TopicPartition("ApplicationAdmitted", 1)


@dataclass
class Consumer:
    """A member of the group; another member reads what is elsewhere. `asked`: what it was asked for, in order."""

    ends: dict[TopicPartition, int]
    committed_elsewhere: dict[TopicPartition, int] = field(default_factory=dict)
    unknown: str = ""
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        if topic == self.unknown:
            self.asked.append("partitions")
            return None
        return {0, 1} if topic == "ApplicationAdmitted" else set()

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        self.asked.append("ends")
        if self.silent:
            raise RequestTimedOutError
        return {p: self.ends[p] for p in partitions}

    async def committed(self, partition: TopicPartition) -> int | None:
        self.asked.append("committed")
        return self.committed_elsewhere.get(partition)


@pytest.fixture
def taken(commission: Log) -> Taken:
    return Taken(commission, "")


async def noted(log: Log) -> datetime | None:
    at: datetime | None = await log.pool.fetchval("select at from watermarks where source = 'intake'")
    return at


async def becomes(log: Log, expected: datetime) -> None:
    async def so() -> bool:
        return await noted(log) == expected

    await eventually(so)


async def heard(consumer: Consumer, *questions: str) -> None:
    """Until it was asked so: what follows from the answers alone comes at once."""

    async def so() -> bool:
        return consumer.asked == list(questions)

    await eventually(so)


class TestWhenFactsAreStillUnread:
    async def test_it_holds_once_they_are_taken_here(self, commission: Log, taken: Taken) -> None:
        consumer = Consumer({HERE: 5, ELSEWHERE: 0})
        taken.move({HERE: 3}, {"intake": TEN})
        async with beside(taken.noting(consumer)):
            await heard(consumer, "ends", "committed")
            assert await noted(commission) is None
            consumer.ends[HERE] = 9  # sent meanwhile; what counts is what was there when it was told
            taken.move({HERE: 5}, {})
            await becomes(commission, TEN)

    async def test_it_holds_once_another_member_has_taken_them(self, commission: Log, taken: Taken) -> None:
        consumer = Consumer({HERE: 0, ELSEWHERE: 2})
        taken.move({}, {"intake": TEN})
        async with beside(taken.noting(consumer)):
            await heard(consumer, "ends", "committed")
            assert await noted(commission) is None
            consumer.committed_elsewhere[ELSEWHERE] = 2
            taken.move({}, {"intake": ELEVEN})
            await becomes(commission, TEN)
            taken.move({}, {})
            await becomes(commission, ELEVEN)


class TestWhenTheBrokersSayNothing:
    async def test_of_a_topic_it_does_not_hold_until_they_do(self, commission: Log, taken: Taken) -> None:
        consumer = Consumer({HERE: 5, ELSEWHERE: 0}, unknown="MaterialsSent")
        taken.move({HERE: 5}, {"intake": TEN})
        async with beside(taken.noting(consumer)):
            await heard(consumer, "partitions")
            assert await noted(commission) is None
            consumer.unknown = ""
            taken.move({}, {"intake": ELEVEN})
            await becomes(commission, ELEVEN)

    async def test_at_all_the_next_watermark_is_asked_about(self, commission: Log, taken: Taken) -> None:
        consumer = Consumer({HERE: 5, ELSEWHERE: 0}, silent=True)
        taken.move({HERE: 5}, {"intake": TEN})
        async with beside(taken.noting(consumer)):
            await heard(consumer, "ends")
            consumer.silent = False
            taken.move({}, {"intake": ELEVEN})
            await becomes(commission, ELEVEN)


class TestWhenAllIsTaken:
    async def test_it_holds_at_once(self, commission: Log, taken: Taken) -> None:
        taken.move({HERE: 5}, {"intake": TEN})
        async with beside(taken.noting(Consumer({HERE: 5, ELSEWHERE: 0}))):
            await becomes(commission, TEN)

    async def test_it_never_goes_back(self, commission: Log) -> None:
        await note(commission.pool, "intake", ELEVEN)
        await note(commission.pool, "intake", TEN)
        assert await noted(commission) == ELEVEN


class TestABatch:
    async def test_tells_how_far_it_went_and_which_watermarks_it_held(self, commission: Log, seal: Seal) -> None:
        inbox = Inbox(commission, seal, "cluster", "")
        await inbox.take([told(TEN, 7), told(ELEVEN, 8)])
        assert inbox.taken.told == {"intake": ELEVEN}
        assert inbox.taken.upto == {TopicPartition("watermark.intake", 0): 9}


def told(until: datetime, offset: int) -> Any:
    value = Watermark(until=until).model_dump_json().encode()
    return ConsumerRecord("watermark.intake", 0, offset, 0, 0, b"intake", value, None, 6, len(value), ())
