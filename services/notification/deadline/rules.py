"""When and to whom an overdue action is told: data, assumed."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from shared.identity.roles import Role


class Escalation(BaseModel):
    """When an overdue action is told, and to whom: assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assumed: Literal[True]
    grace_minutes: int
    to: Role

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)


@cache
def rules() -> Escalation:
    return Escalation.model_validate(yaml.safe_load((Path(__file__).parents[1] / "escalation.yaml").read_text()))
