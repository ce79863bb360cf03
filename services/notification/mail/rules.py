"""How a notice by e-mail is tried again: data, assumed. System time."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Rules(BaseModel):
    """`again_after_minutes`: from one attempt to the next; after the last one it is given up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assumed: Literal[True]
    again_after_minutes: tuple[int, ...] = Field(min_length=1)
    newest_days: int

    @property
    def newest(self) -> timedelta:
        return timedelta(days=self.newest_days)

    def pause_after(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts; after the last one, until it is sure that its outcome is lost."""
        return timedelta(minutes=self.again_after_minutes[min(attempts, len(self.again_after_minutes)) - 1])

    def was_last(self, attempts: int) -> bool:
        """Whether no other follows after so many."""
        return attempts > len(self.again_after_minutes)


@cache
def rules() -> Rules:
    return Rules.model_validate(yaml.safe_load((Path(__file__).parents[1] / "mail.yaml").read_text()))
