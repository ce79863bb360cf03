"""FACTS as JSON Schema, for whoever writes them by a program."""

import json
from pathlib import Path

from services.scoring.sheet.facts import Facts
from shared.procedure.editions import ACTS
from shared.procedure.schema import DIALECT

PATH = ACTS / "evaluation-2022" / "facts.schema.json"


def schemas() -> dict[Path, str]:
    """The published file with the text that it has to have."""
    schema = {"$schema": DIALECT, **Facts.model_json_schema(mode="validation")}
    return {PATH: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"}
