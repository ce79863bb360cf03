"""A receiver acknowledges what a batch has moved; everything, where Kafka may know it wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.kernel.log import Log
from shared.transport import acknowledging
from shared.transport.acknowledging import Acknowledging
from shared.transport.polling import Records
from tests.kafka.facts import write
from tests.kafka.running import Link, copies, running, until

FIRST, SECOND, THIRD = (TopicPartition("facts", number) for number in range(3))


@dataclass
class Played:
    """A consumer that reads these partitions, each up to its position; `told`: every acknowledgement, None for all."""

    positions: dict[TopicPartition, int] = field(default_factory=dict)
    told: list[dict[TopicPartition, int] | None] = field(default_factory=list)
    fails: bool = False

    def __post_init__(self) -> None:
        self.given({FIRST: 0, SECOND: 0, THIRD: 0})

    def given(self, positions: dict[TopicPartition, int]) -> None:
        """These are its partitions from now on."""
        self.positions, self._assigned = positions, frozenset(positions)

    def assignment(self) -> frozenset[TopicPartition]:
        """As aiokafka's: the same object until partitions are given anew."""
        return self._assigned

    async def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    async def commit(self, offsets: Mapping[TopicPartition, int] | None = None) -> None:
        self.told.append(None if offsets is None else dict(offsets))
        if self.fails:
            raise KafkaError


@dataclass
class Stage:
    """A receiver of it, and the time."""

    consumer: Played = field(default_factory=Played)
    at: float = 1000.0

    def __post_init__(self) -> None:
        self.acknowledging = Acknowledging(lambda: self.at)

    async def take(self, place: TopicPartition, offset: int) -> None:
        """A batch of one record comes and is acknowledged; a partition that was taken away has no position."""
        if place in self.consumer.positions:
            self.consumer.positions[place] = offset + 1
        record = ConsumerRecord(*place, offset, 0, 0, None, b"", None, 0, 0, ())
        await (await self.acknowledging.parse((record,), self._message)).consumer.commit()

    async def _message(self, _: Records) -> Any:
        return SimpleNamespace(raw_message=None, consumer=self.consumer)


@pytest.fixture
async def stage() -> Stage:
    """One whose first batch was acknowledged."""
    stage = Stage()
    await stage.take(FIRST, 0)
    stage.consumer.told.clear()
    return stage


class TestWhenABatchIsTaken:
    async def test_the_first_acknowledges_everything(self) -> None:
        stage = Stage()
        await stage.take(FIRST, 0)
        assert stage.consumer.told == [None]

    async def test_what_it_moved_is_acknowledged(self, stage: Stage) -> None:
        await stage.take(FIRST, 1)
        await stage.take(SECOND, 7)
        assert stage.consumer.told == [{FIRST: 2}, {SECOND: 8}]

    async def test_everything_is_again_after_ten_seconds(self, stage: Stage) -> None:
        stage.at += 9.5
        await stage.take(FIRST, 1)
        stage.at += 0.5
        await stage.take(FIRST, 2)
        await stage.take(FIRST, 3)
        assert stage.consumer.told == [{FIRST: 2}, None, {FIRST: 4}]


class TestWhenAnAcknowledgementFailed:
    async def test_the_next_acknowledges_everything(self, stage: Stage) -> None:
        stage.consumer.fails = True
        with pytest.raises(KafkaError):
            await stage.take(FIRST, 1)
        with pytest.raises(KafkaError):
            await stage.take(SECOND, 0)
        stage.consumer.fails = False
        await stage.take(SECOND, 1)
        await stage.take(SECOND, 2)
        assert stage.consumer.told == [{FIRST: 2}, None, None, {SECOND: 3}]


class TestWhenPartitionsAreTakenAwayAndGivenBack:
    async def test_what_is_anothers_now_is_left_to_it(self, stage: Stage) -> None:
        stage.consumer.given({FIRST: 1, THIRD: 0})
        await stage.take(SECOND, 4)
        await stage.take(SECOND, 5)
        assert stage.consumer.told == [None]

    async def test_everything_is_acknowledged_as_it_is_then(self, stage: Stage) -> None:
        stage.consumer.given({FIRST: 1, THIRD: 0})
        await stage.take(FIRST, 1)
        await stage.take(FIRST, 2)
        stage.consumer.given({FIRST: 3, SECOND: 9, THIRD: 0})
        await stage.take(FIRST, 3)
        await stage.take(FIRST, 4)
        assert stage.consumer.told == [None, {FIRST: 3}, None, {FIRST: 5}]

    async def test_also_when_they_are_the_same_as_before(self, stage: Stage) -> None:
        stage.consumer.given({FIRST: 1, SECOND: 9, THIRD: 0})
        await stage.take(FIRST, 1)
        await stage.take(FIRST, 2)
        assert stage.consumer.told == [None, {FIRST: 3}]


class TestWhenAnAcknowledgementIsLost:
    async def test_kafka_knows_all_the_same_soon(
        self, intake: Log, commission: Log, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit, lost = AIOKafkaConsumer.commit, set[str]()

        async def losing(consumer: AIOKafkaConsumer, offsets: Any = None) -> None:
            if offsets is None:
                await commit(consumer)
            else:
                lost.update(place.topic for place in offsets)

        async def all_known() -> bool:
            ends = await reader.end_offsets(parts)
            known = {part: await reader.committed(part) or 0 for part in parts}
            return bool(known == ends)

        monkeypatch.setattr(AIOKafkaConsumer, "commit", losing)
        monkeypatch.setattr(acknowledging, "WHOLE", 1.0)
        topic = f"{link.cluster.prefix}ExecutorAssigned"
        parts = [TopicPartition(topic, number) for number in range(3)]
        group = f"{link.cluster.prefix}commission"
        async with running(link.relay(intake), link.receive(commission)):
            written = 0
            while topic not in lost:
                await write(intake, "ExecutorAssigned")
                await copies(commission, written := written + 1)
            async with AIOKafkaConsumer(**link.cluster.options, group_id=group, enable_auto_commit=False) as reader:
                await until(all_known)
