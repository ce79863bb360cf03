"""A consumer that knows no living broker any more begins anew, at the addresses that it began with."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import BrokerMetadata

from shared.transport import stranded as module
from shared.transport.stranded import stranded
from tests.kafka.running import Link
from tests.support.waiting import PATIENCE


@pytest.fixture
async def consumer(link: Link, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AIOKafkaConsumer]:
    """One that asks for news five times a second, and is patient for three seconds."""
    monkeypatch.setattr(module, "NEWS", 1.0)
    async with AIOKafkaConsumer(
        link.cluster.prefix + "ApplicationAdmitted", **link.cluster.options, metadata_max_age_ms=200
    ) as started:
        yield started


def leave_only_a_dead_broker(consumer: AIOKafkaConsumer) -> None:
    """As if the last that told it of the cluster had been alone, and had died."""
    known = consumer._client.cluster
    known._brokers = {9: BrokerMetadata(9, "127.0.0.1", 1, None)}


class TestAConsumer:
    async def test_whose_only_known_broker_died_is_stranded(self, link: Link, consumer: AIOKafkaConsumer) -> None:
        leave_only_a_dead_broker(consumer)
        await asyncio.wait_for(stranded(link.cluster, consumer), PATIENCE)

    async def test_whose_fetching_has_failed_is_stranded(
        self, link: Link, consumer: AIOKafkaConsumer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*_: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as patch:
            patch.setattr(consumer._client, "send", failing)
            await asyncio.wait({consumer._fetcher.error_future}, timeout=PATIENCE)
        await asyncio.wait_for(stranded(link.cluster, consumer), PATIENCE)
        with pytest.raises(KafkaError):  # by which whoever receives begins anew
            await consumer.stop()
        await consumer._client.close()

    async def test_that_is_told_news_is_not(self, link: Link, consumer: AIOKafkaConsumer) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stranded(link.cluster, consumer), 5)

    async def test_is_not_stranded_where_nobody_answers_others_either(
        self, link: Link, consumer: AIOKafkaConsumer
    ) -> None:
        leave_only_a_dead_broker(consumer)
        away = replace(link.cluster, bootstrap="127.0.0.1:1")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stranded(away, consumer), 5)
