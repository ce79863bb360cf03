"""The format as JSON Schema, for editors and for whoever writes regulations by a program."""

import json
from pathlib import Path
from typing import Any

from shared.procedure.act import Act
from shared.procedure.editions import ACTS
from shared.procedure.format import Procedure

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[Path, str]:
    """Each published file with the text that it has to have."""
    return {
        ACTS / "act.schema.json": _text(Act.model_json_schema(mode="validation")),
        ACTS / "procedure.schema.json": _text(_with_optional_codes(Procedure.model_json_schema(mode="validation"))),
    }


def _with_optional_codes(schema: dict[str, Any]) -> dict[str, Any]:
    """A step's code may be left out: it is its kind then."""
    schema["$defs"]["Step"]["required"].remove("code")
    return schema


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2) + "\n"
