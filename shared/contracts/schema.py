"""The JSON Schema of each public fact, as committed in `schemas/`; a golden example of each lies in `examples/`."""

from pathlib import Path
from typing import Any

from shared.contracts.common import PublicFact
from shared.contracts.topics import TOPICS

HERE = Path(__file__).parent
SCHEMAS, EXAMPLES = HERE / "schemas", HERE / "examples"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FACTS: tuple[type[PublicFact], ...] = tuple(dict.fromkeys(topic.fact for topic in TOPICS))


def file_name(fact: type[PublicFact]) -> str:
    """One file per event version: `ContractSigned.v1.json`."""
    return f"{fact.name()}.v{fact.version}.json"


def schema(fact: type[PublicFact]) -> dict[str, Any]:
    """What a reader may rely on: fields with a default may be absent, and fields that it doesn't know may be there."""
    return {"$schema": DIALECT, **fact.model_json_schema(mode="validation")}
