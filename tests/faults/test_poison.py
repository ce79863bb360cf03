"""Poison on Kafka under the running system: parked with its reason, shown to the operator, mended or given up."""

import json
from base64 import b64decode
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from reglament.asking.client import Answered
from shared.transport.wire import Record, sent
from tests.faults.house import House
from tests.kafka.facts import fact
from tests.kafka.poison import KINDS
from tests.support.waiting import eventually

PRESCRIBED = ("body not JSON", "header not UTF-8", "type unknown on the topic", "stream of another owner")
RECORDS = "/api/commission/v1/records/parked"


def stray(subject: UUID | None = None) -> Record:
    """A sound record of intake's about a case that nobody knows."""
    return sent("intake", fact("intake", "ApplicationAdmitted", subject or uuid4(), 1))


async def send(house: House, *records: Record) -> None:
    cluster = house.system.cluster
    assert cluster
    async with AIOKafkaProducer(**cluster.options) as producer:
        for topic, key, value, headers in records:
            await producer.send_and_wait(cluster.prefix + topic, value, key=key, headers=list(headers))


async def parked(house: House, count: int) -> list[dict[str, object]]:
    async def there() -> bool:
        return len(await house.records("commission")) >= count

    await eventually(there)
    return await house.records("commission")


class TestWhenPoisonComesWhileACaseRuns:
    async def test_each_is_parked_with_its_reason_and_the_case_moves_on(self, over_kafka: House) -> None:
        case = await over_kafka.do("register")
        await send(over_kafka, *(KINDS[kind][0](stray()) for kind in PRESCRIBED))
        await over_kafka.do("check", "convene", driver=case)
        found = await parked(over_kafka, len(PRESCRIBED))
        assert {p["reason"] for p in found} == {KINDS[kind][1] for kind in PRESCRIBED}
        assert {p["topic"] for p in found} == {"ApplicationAdmitted"}
        assert case.sitting

        for record in found:
            await over_kafka.operator.command(f"{RECORDS}/{record['record']}", method="DELETE")
        assert await over_kafka.records("commission") == []

    async def test_the_operator_sees_it_raw_and_a_retry_before_the_mend_says_why_not(self, over_kafka: House) -> None:
        await send(over_kafka, KINDS["body not JSON"][0](stray()))
        (found,) = await parked(over_kafka, 1)
        record = f"{RECORDS}/{found['record']}"
        shown = await over_kafka.operator.get(record)
        assert b64decode(shown["value"]) == b"{'a': 1}"
        with pytest.raises(Answered) as answered:
            await over_kafka.operator.command(f"{record}/retry")
        assert answered.value.problem["code"] == "still-unfit"
        assert "the body isn't JSON" in json.dumps(answered.value.problem)
        assert len(await over_kafka.records("commission")) == 1
        await over_kafka.operator.command(record, method="DELETE")

    async def test_after_the_mend_a_retry_lets_it_in(self, over_kafka: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """The mend: code that knows the type. Until then it knew the topic under another type."""
        log = over_kafka.system.nodes["commission"].log
        record = stray()
        with monkeypatch.context() as older:
            older.setattr("shared.transport.wire.BY_NAME", {})
            await send(over_kafka, record)
            (found,) = await parked(over_kafka, 1)
        assert found["reason"] == "no fact has this topic"
        await over_kafka.operator.command(f"{RECORDS}/{found['record']}/retry")
        assert await over_kafka.records("commission") == []
        (row,) = await log.subjects([(record.key or b"").decode()])
        assert (row.data.encode(), row.type, row.origin) == (record.value, "ApplicationAdmitted", "intake")
