"""When and to whom an overdue action is told, and when a long term's end is announced: data, assumed."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from shared.calendar.term import Term
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


class Reminder(BaseModel):
    """Before the end of a term of at least so many working days who acts is reminded, so many days before: assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assumed: Literal[True]
    from_working_days: int
    days_before: int

    def at(self, term: Term, due: datetime) -> datetime | None:
        """When to remind; none for a shorter term."""
        long = term.working_days is not None and term.working_days >= self.from_working_days
        return due - timedelta(days=self.days_before) if long else None


@cache
def reminder() -> Reminder:
    return Reminder.model_validate(yaml.safe_load((Path(__file__).parents[1] / "reminder.yaml").read_text()))


@cache
def rules() -> Escalation:
    return Escalation.model_validate(yaml.safe_load((Path(__file__).parents[1] / "escalation.yaml").read_text()))
