"""The data of a calendar: working time, confirmed period, corrections. Anything unknown is refused."""

from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnknownCalendar(ValueError):
    """There is no calendar of that name."""


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkingTime(Data):
    """Civil time of the calendar's zone; each pair is a half-open interval."""

    assumed: bool
    week: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    hours: tuple[time, time]
    pause: tuple[time, time] = Field(alias="break")

    def is_weekend(self, day: date) -> bool:
        return WEEK[day.weekday()] not in self.week

    @property
    def intervals(self) -> tuple[tuple[time, time], ...]:
        return (self.hours[0], self.pause[0]), (self.pause[1], self.hours[1])


class Rule(Data):
    """A rule of counting, in words; the code that carries it is in due.py."""

    assumed: bool
    says: str


class Confirmed(Data):
    """The days for which the calendar was compared with the official one."""

    since: date
    until: date

    def holds(self, day: date) -> bool:
        return self.since <= day <= self.until


class Correction(Data):
    """A day on which the library is wrong, and the act that says so."""

    day: date
    working: bool
    source: str


class Rules(Data):
    """One calendar as written; `holidays` maps the library's names to codes of reasons.yaml."""

    revision: int
    working_time: WorkingTime
    rules: dict[str, Rule]
    confirmed: Confirmed
    corrections: tuple[Correction, ...] = ()
    holidays: dict[str, str]


@cache
def all_rules() -> dict[str, Rules]:
    """Every calendar of the data file by its name."""
    written = yaml.safe_load(Path(__file__).with_name("kz.yaml").read_text("utf-8"))
    return TypeAdapter(dict[str, Rules]).validate_python(written)


def rules(name: str) -> Rules:
    try:
        return all_rules()[name]
    except KeyError:
        raise UnknownCalendar(f"unknown calendar {name!r}; known: {', '.join(all_rules())}") from None
