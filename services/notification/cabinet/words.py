"""The words of the cabinet: what a case's status is called. Data in `texts/`."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from shared.texts.texts import Text

TEXTS = Path(__file__).parents[1] / "texts"


@cache
def statuses() -> dict[str, Text]:
    """What a status is called, and words for values that aren't there (`erased`)."""
    data = yaml.safe_load((TEXTS / "statuses.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Text]).validate_python(data)
