"""The AsyncAPI document of the topics."""

from typing import Any

import pytest
import yaml
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from reglament.published import ASYNCAPI
from shared.contracts.schema import HERE
from shared.contracts.topics import TOPICS, Topic


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(ASYNCAPI.read_text())
    return read


def test_is_of_the_form_of_asyncapi_3(document: dict[str, Any]) -> None:
    assert ApplicationSchema.model_validate(document).asyncapi == "3.0.0"


def test_has_the_topics_as_prescribed(document: dict[str, Any]) -> None:
    prescribed = {"ApplicationRegistered", "ProtocolApproved", "ContractSigned", "ApplicationWithdrawn.intake"}
    assert prescribed <= set(document["channels"])


@pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t.name)
def test_every_topic_leads_to_its_schema(topic: Topic, document: dict[str, Any]) -> None:
    operation = document["operations"][f"publish.{topic.name}"]
    channel = _at(document, operation["channel"]["$ref"])
    message = _at(document, channel["messages"][topic.fact.name()]["$ref"])
    assert channel["address"] == topic.name
    own = message["headers"]["allOf"][1]["properties"]
    assert own["ce_type"]["const"] == topic.ce_type
    assert own["ce_source"]["const"] == topic.owner
    assert (HERE / message["payload"]["schema"]["$ref"]).is_file()


def test_every_service_says_how_far_it_has_sent(document: dict[str, Any]) -> None:
    told = {name for name in document["channels"] if name.startswith("watermark.")}
    assert told == {
        "watermark.intake",
        "watermark.expertise",
        "watermark.commission",
        "watermark.notification",
        "watermark.scoring",
    }


def _at(document: Any, reference: str) -> Any:
    for key in reference.removeprefix("#/").split("/"):
        document = document[key]
    return document
