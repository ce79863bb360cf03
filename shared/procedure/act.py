"""The legal act that a procedure stands in, and the edition: one procedure with its act, as it was published."""

from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from shared.calendar.calendar import Calendar, calendar, zone_of
from shared.calendar.rules import WorkingTime, rules
from shared.procedure.basics import Code, Data, Names, Paragraph, Sourced
from shared.procedure.format import Procedure
from shared.procedure.text import Part, Section


class Registered(Data):
    day: date
    number: str


class InForce(Data):
    """First day in force, and the first day on which it is not any more; assumed where the text prints neither."""

    since: date
    until: date | None = None
    assumed: bool = False

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("until is the first day on which it isn't in force; it comes after since")
        return self

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class ProviderHours(WorkingTime, Sourced):
    """The working time of one provider, as a paragraph states it, or assumed."""

    paragraph: Paragraph | None = None


def _known_zone(name: str) -> str:
    zone_of(name)
    return name


def _known_calendar(name: str) -> str:
    rules(name)
    return name


class Act(Data):
    """The legal act that holds the procedures. `working_time`: of providers, by code, whose hours aren't the calendar's;
    `paragraphs`: how many each part of it has; `sections`: those that list sub-items, as counted in the text;
    `unnamed_part`: the part whose paragraphs are written without it."""

    code: Code
    title: Names
    number: str
    adopted: date
    registered: Registered
    repealed_by: str | None = None
    in_force: InForce
    zone: Annotated[str, AfterValidator(_known_zone)]
    calendar: Annotated[Code, AfterValidator(_known_calendar)]
    working_time: dict[Code, ProviderHours] = Field(default_factory=dict)
    paragraphs: dict[Part, int] = Field(default_factory=dict)
    unnamed_part: Part = "act"
    sections: tuple[Section, ...] = ()


class Edition(Data):
    """What a case runs on: one procedure with its act, as it was published."""

    act: Act
    procedure: Procedure

    @property
    def code(self) -> str:
        return f"{self.act.code}/{self.procedure.code}"

    @cached_property
    def days(self) -> Calendar:
        """The calendar that the terms of this procedure's provider run by."""
        return calendar(self.act.zone, self.act.calendar, self.act.working_time.get(self.procedure.provider.code))
