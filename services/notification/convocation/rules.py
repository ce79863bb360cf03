"""When members are reminded of a sitting: data, assumed."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Rules(BaseModel):
    """`remind_hours_before`: legal time from the reminder to the beginning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assumed: Literal[True]
    remind_hours_before: int = Field(gt=0)

    @property
    def ahead(self) -> timedelta:
        return timedelta(hours=self.remind_hours_before)


@cache
def rules() -> Rules:
    return Rules.model_validate(yaml.safe_load((Path(__file__).parents[1] / "convocation.yaml").read_text()))
