"""The words of the cabinet: messages, and what a case's status is called. Data in `texts/`."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.texts.texts import Text

TEXTS = Path(__file__).parents[1] / "texts"


class MessageText(BaseModel):
    """A message to the applicant; `{at:instant}` in it says how a value is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    text: Text


@cache
def messages() -> dict[str, MessageText]:
    return TypeAdapter(dict[str, MessageText]).validate_python(_read("messages.yaml"))


@cache
def statuses() -> dict[str, Text]:
    """What a status is called, and words for values that aren't there (`erased`)."""
    return TypeAdapter(dict[str, Text]).validate_python(_read("statuses.yaml"))


def _read(name: str) -> object:
    return yaml.safe_load((TEXTS / name).read_text(encoding="utf-8"))
