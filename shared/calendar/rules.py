"""The data of a calendar: working time, confirmed years, corrections. Anything unknown is refused.

What an operator knows better (a year confirmed, a day corrected) is an overlay: a file that REGLAMENT_CALENDAR names.
"""

import os
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnknownCalendar(ValueError):
    """There is no calendar of that name."""


class InvalidCalendar(ValueError):
    """The overlay can't be read, or doesn't fit the calendar that it changes: which file, and what is wrong."""


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_text(value: Any) -> Any:
    if not isinstance(value, str | time):  # YAML reads 18:00 without quotes as a number
        raise ValueError('write the hour in quotes, such as "09:00"')
    return value


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("write the local time of the calendar's zone, without an offset")
    return value


Hour = Annotated[time, BeforeValidator(_as_text), AfterValidator(_without_offset)]


class WorkingTime(Data):
    """Civil time of the calendar's zone; each pair is a half-open interval. `paragraph`: which states it; assumed: no text
    does."""

    paragraph: str | None = None
    assumed: bool = False
    week: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    hours: tuple[Hour, Hour]
    pause: tuple[Hour, Hour] = Field(alias="break")

    @model_validator(mode="after")
    def break_is_within_the_hours(self) -> Self:
        if not self.hours[0] < self.pause[0] < self.pause[1] < self.hours[1]:
            raise ValueError("the break begins and ends within the hours, each with its beginning first")
        return self

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
    """Until which day of its year the calendar was compared with the official one, with what, and since which revision
    of the data that is said."""

    until: date
    source: str
    revision: int = 1


class Correction(Data):
    """A day on which the library is wrong, and the act that says so."""

    day: date
    working: bool
    source: str


class Stated(Data):
    """What is said of days, in one revision; of two corrections of a day the later stands."""

    revision: int
    confirmed: dict[int, Confirmed] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    @model_validator(mode="after")
    def confirms_days_of_each_year(self) -> Self:
        for year, said in self.confirmed.items():
            if said.until.year != year:
                raise ValueError(f"confirmed: {year} is confirmed until a day of that year, not {said.until}")
        return self


class Rules(Stated):
    """One calendar as written; `holidays` maps the library's names to codes of reasons.yaml."""

    confirmed: dict[int, Confirmed] = Field(min_length=1)
    working_time: WorkingTime
    rules: dict[str, Rule]
    holidays: dict[str, str]


class Overlay(Stated):
    """What an operator adds to a calendar; its revision is above the product's, and whatever it confirms is of it."""

    def over(self, rules: Rules) -> Rules:
        if self.revision <= rules.revision:
            raise ValueError(f"revision: above {rules.revision}, the product's own")
        added = {year: said.model_copy(update={"revision": self.revision}) for year, said in self.confirmed.items()}
        return rules.model_copy(
            update={
                "revision": self.revision,
                "confirmed": rules.confirmed | added,
                "corrections": (*rules.corrections, *self.corrections),
            }
        )


@cache
def all_rules() -> dict[str, Rules]:
    """Every calendar by its name, with the operator's overlay. Raises InvalidCalendar."""
    own = TypeAdapter(dict[str, Rules]).validate_python(_read(Path(__file__).with_name("kz.yaml")))
    named = os.environ.get("REGLAMENT_CALENDAR")
    return overlaid(own, Path(named)) if named else own


def overlaid(own: dict[str, Rules], path: Path) -> dict[str, Rules]:
    """These calendars with what the file adds. Raises InvalidCalendar."""
    try:
        overlays = TypeAdapter(dict[str, Overlay]).validate_python(_read(path))
        if unknown := sorted(overlays.keys() - own.keys()):
            raise ValueError(f"unknown calendar {', '.join(unknown)}; known: {', '.join(own)}")
        return own | {name: overlay.over(own[name]) for name, overlay in overlays.items()}
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise InvalidCalendar(f"{path}: {wrong}") from None
    except (ValueError, OSError, yaml.YAMLError) as error:
        raise InvalidCalendar(f"{path}: {error}") from None


def _read(path: Path) -> object:
    return yaml.safe_load(path.read_text("utf-8"))


def rules(name: str) -> Rules:
    try:
        return all_rules()[name]
    except KeyError:
        raise UnknownCalendar(f"unknown calendar {name!r}; known: {', '.join(all_rules())}") from None
