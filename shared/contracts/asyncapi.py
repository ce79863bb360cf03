"""The AsyncAPI 3 document of all topics, for whoever subscribes. Made from the code, committed as `asyncapi.yaml`."""

from typing import Any

from shared.contracts.common import Contract
from shared.contracts.schema import file_name
from shared.contracts.topics import TOPICS, Topic
from shared.contracts.watermark import WATERMARKS, Watermark

SCHEMA_FORMAT = "application/schema+json;version=2020-12"
TEXT = {"type": "string"}
HEADERS = {
    "ce_specversion": {**TEXT, "const": "1.0"},
    "ce_id": {**TEXT, "format": "uuid", "description": "The fact's id; a fact that comes twice has it twice."},
    "ce_subject": {**TEXT, "description": "What the fact is about; the record's key."},
    "ce_sequence": {**TEXT, "pattern": "^[1-9][0-9]*$", "description": "Its version among its owner's facts about it."},
    "ce_time": {**TEXT, "format": "date-time", "description": "When it was recorded: system time."},
    "content-type": {**TEXT, "const": "application/json"},
    "traceparent": {**TEXT, "description": "W3C trace context, where the fact has one."},
    "reglament_meta": {**TEXT, "description": "JSON: who acted, what caused it, the hash of the fact in its stream."},
}


def asyncapi() -> dict[str, Any]:
    """One channel, message and operation per topic of a fact or of a watermark."""
    messages = {t.name: _fact(t) for t in TOPICS} | {name: _watermark() for name in WATERMARKS}
    owners = {t.name: t.owner for t in TOPICS} | WATERMARKS
    required = sorted(HEADERS.keys() - {"traceparent"})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Reglament: public facts",
            "version": "1.0.0",
            "description": "Facts about applications, as their owners publish them. Any order, any number of times; "
            "sorted by owner and version they say all. Personal fields are sealed.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, messages[topic]["name"], owner) for topic, owner in owners.items()},
        "operations": {f"publish.{topic}": _operation(topic, owner) for topic, owner in owners.items()},
        "components": {
            "messages": messages,
            "schemas": {"Headers": {"type": "object", "required": required, "properties": HEADERS}},
        },
    }


def _channel(topic: str, message: str, owner: str) -> dict[str, Any]:
    messages = {message: {"$ref": f"#/components/messages/{topic}"}}
    return {"address": topic, "messages": messages, "tags": [{"name": owner}]}


def _operation(topic: str, owner: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}, "summary": f"Published by {owner}."}


def _fact(topic: Topic) -> dict[str, Any]:
    own = {"ce_source": {**TEXT, "const": topic.owner}, "ce_type": {**TEXT, "const": topic.ce_type}}
    return {
        "name": topic.fact.name(),
        "summary": _summary(topic.fact),
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/Headers"},
                {"type": "object", "required": sorted(own), "properties": own},
            ]
        },
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"schemas/{file_name(topic.fact)}"}},
    }


def _watermark() -> dict[str, Any]:
    payload = {"schemaFormat": SCHEMA_FORMAT, "schema": Watermark.model_json_schema(mode="validation")}
    return {"name": Watermark.__name__, "summary": _summary(Watermark), "payload": payload}


def _summary(contract: type[Contract]) -> str:
    return " ".join((contract.__doc__ or "").split())
