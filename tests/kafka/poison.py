"""Records that can't enter a log: each a good one with one thing wrong, and the reason that the operator is told."""

import json
from collections.abc import Callable
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.kernel.sizes import LIMIT
from shared.transport.cluster import Cluster
from shared.transport.wire import Record, sent
from tests.kafka.facts import fact

SUBJECT = UUID(int=7)
Change = Callable[[Record], Record]


def good(name: str = "ApplicationAdmitted", subject: UUID = SUBJECT, version: int = 1) -> Record:
    return sent("intake", fact("intake", name, subject, version))


def header(name: str, value: bytes | None) -> Change:
    return lambda r: r._replace(headers=tuple((n, value if n == name else v) for n, v in r.headers))


def without(name: str) -> Change:
    return lambda r: r._replace(headers=tuple((n, v) for n, v in r.headers if n != name))


def more(name: str, value: bytes | None) -> Change:
    return lambda r: r._replace(headers=(*r.headers, (name, value)))


def value(text: bytes | None) -> Change:
    return lambda r: r._replace(value=text)


def changed(**fields: object) -> Change:
    """The body with these fields changed."""
    return lambda r: r._replace(value=json.dumps({**json.loads(r.value or b""), **fields}).encode())


def spliced(extra: bytes) -> Change:
    """The body with one field more, as the bytes say it."""
    return lambda r: r._replace(value=(r.value or b"").replace(b"{", b'{"more": ' + extra + b", ", 1))


KINDS: dict[str, tuple[Change, str]] = {
    "header not UTF-8": (header("ce_id", b"\xff\xfe"), "a header isn't UTF-8: ce_id"),
    "foreign header not UTF-8": (more("x-note", b"\xff"), "a header isn't UTF-8: other than ours"),
    "header null": (header("ce_time", None), "a header is null: ce_time"),
    "header missing": (without("ce_type"), "headers are missing: ce_type"),
    "no headers": (
        lambda r: r._replace(headers=()),
        "headers are missing: ce_specversion, ce_id, ce_source, ce_type, ce_subject, ce_sequence, ce_time,"
        " content-type, reglament_meta",
    ),
    "header twice": (more("ce_id", b"5f0c7c1e-2d4a-4b57-9a60-000000000001"), "a header comes twice: ce_id"),
    "header with a NUL": (header("ce_source", b"in\x00take"), "a header holds a NUL: ce_source"),
    "other specification": (header("ce_specversion", b"0.3"), "ce_specversion isn't 1.0"),
    "other content": (header("content-type", b"application/avro"), "content-type isn't application/json"),
    "type unknown on the topic": (
        header("ce_type", b"reglament.intake.ApplicationRefused.v1"),
        "ce_type isn't this topic's",
    ),
    "newer version on the old topic": (
        header("ce_type", b"reglament.intake.ApplicationAdmitted.v2"),
        "ce_type isn't this topic's",
    ),
    "stream of another owner": (header("ce_source", b"notification"), "the stream isn't its owner's"),
    "stream of the receiver": (header("ce_source", b"commission"), "the stream isn't its owner's"),
    "key not the subject": (lambda r: r._replace(key=b"other"), "the key isn't the subject"),
    "key null": (lambda r: r._replace(key=None), "the key isn't the subject"),
    "id not a UUID": (header("ce_id", b"17"), "ce_id isn't a UUID"),
    "version zero": (header("ce_sequence", b"0"), "ce_sequence isn't a version"),
    "version with a sign": (header("ce_sequence", b"+1"), "ce_sequence isn't a version"),
    "version too high": (header("ce_sequence", b"2147483648"), "ce_sequence isn't a version"),
    "time not a time": (header("ce_time", b"yesterday"), "ce_time isn't an instant"),
    "time without offset": (header("ce_time", b"2019-09-10T10:00:00"), "ce_time has no offset"),
    "time before the calendar": (header("ce_time", b"0001-01-01T00:00:00+14:00"), "ce_time isn't an instant"),
    "meta not JSON": (header("reglament_meta", b"{"), "reglament_meta isn't JSON"),
    "meta not an object": (header("reglament_meta", b"[]"), "reglament_meta isn't a JSON object"),
    "no body": (value(None), "there is no body"),
    "body not UTF-8": (value(b'"\xff"'), "the body isn't UTF-8"),
    "body not JSON": (value(b"{'a': 1}"), "the body isn't JSON"),
    "body empty": (value(b""), "the body isn't JSON"),
    "body with NaN": (spliced(b"NaN"), "the body isn't JSON"),
    "body with a NUL": (spliced(rb'"\u0000"'), r"the body holds \u0000"),
    "body with half a character": (spliced(rb'"\ud83d"'), "the body isn't JSON"),
    "body too deep": (spliced(b"[" * 100_000 + b"]" * 100_000), "the body isn't JSON"),
    "body without a field": (
        value(b'{"moments": {}}'),
        "the body isn't ApplicationAdmitted: happened_at (missing)",
    ),
    "body with a wrong field": (
        changed(happened_at="Иванов"),
        "the body isn't ApplicationAdmitted: happened_at (datetime_from_date_parsing)",
    ),
    "body too large": (spliced(b'"' + b"x" * LIMIT + b'"'), "the body is over 256 KB"),
}
"""By kind: what is wrong with a record of ApplicationAdmitted by intake, and why the commission refuses it."""


class _NotUtf8(str):
    """A header's name as other programs may write it."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


async def send_undecodable(cluster: Cluster, topic: str, partition: int) -> None:
    """Send a record with a header whose name isn't UTF-8; aiokafka's builder in Python can be made to write it."""
    async with AIOKafkaProducer(**cluster.options) as producer:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 16384)
        batch.append(timestamp=None, key=b"k", value=b"{}", headers=[(_NotUtf8("x"), b"1")])
        await (await producer.send_batch(batch, cluster.prefix + topic, partition=partition))


HARMLESS: dict[str, Change] = {
    "a field that the reader doesn't know": changed(since_a_later_version=True),
    "a whole emoji": spliced(rb'"\ud83d\ude00"'),
    "a backslash before u0000": spliced(rb'"\\u0000"'),
    "a header of somebody between": more("x-hop", b"1"),
    "an offset other than UTC": header("ce_time", b"2019-09-10T16:00:01.123457+06:00"),
}
