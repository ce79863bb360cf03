"""How a fact travels: CloudEvents 1.0 in binary mode. The body goes as it stands; the row's meta too, in a header.

Nothing of a record's content is repeated in the reasons for which it is refused: it may be personal data.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from shared.contracts.common import PublicFact, instant
from shared.contracts.topics import BY_NAME, BY_TYPE
from shared.kernel.log import NewRow, Row
from shared.kernel.sizes import LIMIT

META = "reglament_meta"
NEEDED = (
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_sequence",
    "ce_time",
    "content-type",
    META,
)
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
VERSION = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
HIGHEST = 2**31 - 1


class Unfit(Exception):
    """A record that can't enter a log; the text says why."""


class Record(NamedTuple):
    """A record as Kafka holds it. `topic`: without an installation's prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def sent(service: str, row: Row | NewRow) -> Record:
    """The record of this service's own public fact. KeyError for a type that has no topic."""
    topic, key = BY_TYPE[service, row.type], (row.subject or "").encode()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row.id).encode()),
        ("ce_source", service.encode()),
        ("ce_type", topic.ce_type.encode()),
        ("ce_subject", key),
        ("ce_sequence", str(row.version).encode()),
        ("ce_time", instant(row.at).encode()),
        ("content-type", b"application/json"),
        (META, row.meta.encode()),
    ]
    if traceparent := from_json(row.meta).get("traceparent"):
        headers.append(("traceparent", traceparent.encode()))
    return Record(topic.name, key, row.data.encode(), tuple(headers))


def received(record: Record, service: str) -> NewRow:
    """The fact as `service` keeps it, everything as its owner wrote it. Raises Unfit."""
    topic = BY_NAME.get(record.topic)
    if topic is None:
        raise Unfit("no fact has this topic")
    headers = _headers(record)
    source, subject = headers["ce_source"], headers["ce_subject"]
    _must(headers["ce_specversion"] == "1.0", "ce_specversion isn't 1.0")
    _must(headers["content-type"] == "application/json", "content-type isn't application/json")
    _must(source == topic.owner != service, "the stream isn't its owner's")
    _must(headers["ce_type"] == topic.ce_type, "ce_type isn't this topic's")
    _must(subject != "" and record.key == subject.encode(), "the key isn't the subject")
    row_id, version, at = _id(headers), _version(headers), _time(headers)
    data, meta = _body(record.value, topic.fact), _meta(headers[META])
    return NewRow(row_id, f"{source}:{subject}", version, subject, topic.fact.name(), data, meta, at, source)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unfit(otherwise)


def _headers(record: Record) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in record.headers:
        if value is None:
            raise _unfit_header("is null", name)
        if name in headers:
            raise _unfit_header("comes twice", name)
        if b"\0" in value:
            raise _unfit_header("holds a NUL", name)
        try:
            headers[name] = value.decode()
        except UnicodeDecodeError:
            raise _unfit_header("isn't UTF-8", name) from None
    if missing := [name for name in NEEDED if name not in headers]:
        raise Unfit(f"headers are missing: {', '.join(missing)}")
    return headers


def _unfit_header(why: str, name: str) -> Unfit:
    return Unfit(f"a header {why}: {name if name in NEEDED else 'other than ours'}")


def _id(headers: Mapping[str, str]) -> UUID:
    try:
        return UUID(headers["ce_id"])
    except ValueError:
        raise Unfit("ce_id isn't a UUID") from None


def _version(headers: Mapping[str, str]) -> int:
    text = headers["ce_sequence"]
    _must(VERSION.fullmatch(text) is not None and int(text) <= HIGHEST, "ce_sequence isn't a version")
    return int(text)


def _time(headers: Mapping[str, str]) -> datetime:
    try:
        at = datetime.fromisoformat(headers["ce_time"])
        _must(at.tzinfo is not None, "ce_time has no offset")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("ce_time isn't an instant") from None


def _body(value: bytes | None, fact: type[PublicFact]) -> str:
    if value is None:
        raise Unfit("there is no body")
    _must(len(value) <= LIMIT, f"the body is over {LIMIT // 1024} KB")
    text = _text(value)
    _parsed(text, "the body")
    try:
        fact.model_validate_json(text)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, e['loc']))} ({e['type']})" for e in error.errors(include_input=False))
        raise Unfit(f"the body isn't {fact.name()}: {', '.join(wrong)}"[:500]) from None
    except (KeyError, ValueError, TypeError):
        raise Unfit(f"the body isn't {fact.name()}: a personal field") from None
    return text


def _meta(text: str) -> str:
    _must(isinstance(_parsed(text, META), dict), f"{META} isn't a JSON object")
    return text


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Unfit("the body isn't UTF-8") from None


def _parsed(text: str, what: str) -> Any:
    """Strict JSON: no NaN, no lone surrogates, not too deep, and no NUL, which PostgreSQL's jsonb refuses."""
    if r"\u0000" in text:  # seldom; to look for an even number of backslashes takes long
        _must(NUL.search(text) is None, rf"{what} holds \u0000")
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        raise Unfit(f"{what} isn't JSON") from None
