"""What a record says, and which records are refused, without any broker."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from shared.contracts.personal import Personal
from shared.contracts.schema import EXAMPLES
from shared.contracts.topics import TOPICS, Topic
from shared.kernel.log import NewRow
from shared.kernel.sizes import LIMIT, check_size
from shared.transport.wire import Record, Unfit, received, sent
from shared.web.refusal import TooLarge
from tests.kafka.facts import fact
from tests.kafka.poison import HARMLESS, KINDS, SUBJECT, changed, good

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def reader_of(topic: Topic) -> str:
    return "commission" if topic.owner == "intake" else "intake"


class TestWhenAFactIsSent:
    def test_its_record_is_the_golden_one(self) -> None:
        row = fact("intake", "ApplicationAdmitted", SUBJECT, 3)._replace(meta=json.dumps({"traceparent": TRACE}))
        record = sent("intake", row)
        assert record.topic == "ApplicationAdmitted"
        assert record.key == b"00000000-0000-0000-0000-000000000007"
        assert record.value == (EXAMPLES / "ApplicationAdmitted.v1.json").read_bytes()
        assert dict(record.headers) == {
            "ce_specversion": b"1.0",
            "ce_id": str(row.id).encode(),
            "ce_source": b"intake",
            "ce_type": b"reglament.intake.ApplicationAdmitted.v1",
            "ce_subject": b"00000000-0000-0000-0000-000000000007",
            "ce_sequence": b"3",
            "ce_time": b"2019-09-10T10:00:03.123457Z",
            "content-type": b"application/json",
            "traceparent": TRACE.encode(),
            "reglament_meta": row.meta.encode(),
        }

    def test_cloudevents_reads_the_same(self) -> None:
        row = fact("intake", "ApplicationAdmitted", SUBJECT, 3)
        record = sent("intake", row)
        event = from_binary_event(
            KafkaMessage(headers={n: v or b"" for n, v in record.headers}, key=record.key, value=record.value or b""),
            JSONFormat(),
        )
        assert event.get_id() == str(row.id)
        assert event.get_source() == "intake"
        assert event.get_type() == "reglament.intake.ApplicationAdmitted.v1"
        assert event.get_subject() == str(SUBJECT)
        assert event.get_time() == datetime(2019, 9, 10, 10, 0, 3, 123457, UTC)
        assert event.get_extension("sequence") == "3"
        assert event.get_datacontenttype() == "application/json"
        assert event.get_data() == json.loads(row.data)

    @pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t.name)
    def test_its_reader_gets_it_verbatim(self, topic: Topic) -> None:
        row = fact(topic.owner, topic.fact.name(), SUBJECT, 1)
        assert received(sent(topic.owner, row), reader_of(topic)) == row._replace(origin=topic.owner)


class TestWhenARecordIsPoison:
    @pytest.mark.parametrize(("change", "reason"), KINDS.values(), ids=KINDS)
    def test_the_reason_is_told(self, change: Callable[[Record], Record], reason: str) -> None:
        with pytest.raises(Unfit) as refused:
            received(change(good()), "commission")
        assert str(refused.value) == reason

    def test_a_topic_that_no_fact_has_is_told(self) -> None:
        with pytest.raises(Unfit, match="no fact has this topic"):
            received(good()._replace(topic="ApplicationAdmired"), "commission")

    def test_a_personal_field_that_isnt_sealed_is_refused(self) -> None:
        spoken = changed(reasons={"person": str(SUBJECT), "text": "said in the clear"})(good("ApplicationRefused"))
        with pytest.raises(Unfit, match=r"^the body isn't ApplicationRefused"):
            received(spoken, "commission")

    def test_a_personal_field_without_its_person_is_refused(self) -> None:
        nobody = changed(reasons={"sealed": "c2VhbGVk"})(good("ApplicationRefused"))
        with pytest.raises(Unfit, match=r"^the body isn't ApplicationRefused"):
            received(nobody, "commission")


class TestWhenARecordIsOnlyUnusual:
    @pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
    def test_it_passes(self, change: Callable[[Record], Record]) -> None:
        record = change(good())
        row = received(record, "commission")
        assert isinstance(row, NewRow)
        assert row.data.encode() == record.value
        assert row.at == datetime(2019, 9, 10, 10, 0, 1, 123457, UTC)


class TestWhenABodyIsAsLargeAsItMayBe:
    def test_it_may_be_recorded(self) -> None:
        check_size("x" * LIMIT)

    def test_one_byte_more_is_refused(self) -> None:
        # The last letter takes two bytes: 262,145 in all.
        with pytest.raises(TooLarge):
            check_size("x" * (LIMIT - 1) + "ң")


def test_reading_needs_no_keys() -> None:
    """The bodies are checked by their form alone: who lacks a person's key reads nothing but passes the fact on."""
    example = json.loads((EXAMPLES / "ApplicationRefused.v1.json").read_text())
    assert Personal.model_validate(example["reasons"]).text is None
