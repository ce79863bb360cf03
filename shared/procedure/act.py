"""The legal act that a procedure stands in, and the edition: one procedure with its act, as it was published."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from shared.calendar.calendar import Calendar, UnknownZone, calendar
from shared.calendar.rules import InvalidCalendar, UnknownCalendar, WorkingTime
from shared.procedure.basics import Code, Data, Names
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
    zone: str
    calendar: Code
    working_time: dict[Code, WorkingTime] = Field(default_factory=dict)
    paragraphs: dict[Part, int] = Field(default_factory=dict)
    unnamed_part: Part = "act"
    sections: tuple[Section, ...] = ()

    @model_validator(mode="after")
    def counts_in_a_known_calendar(self) -> Self:
        try:
            calendar(self.zone, self.calendar)
        except (UnknownZone, UnknownCalendar, InvalidCalendar) as unknown:
            raise ValueError(str(unknown)) from None
        return self


class Edition(Data):
    """What a case runs on: one procedure with its act, as it was published."""

    act: Act
    procedure: Procedure

    @property
    def code(self) -> str:
        return f"{self.act.code}/{self.procedure.code}"

    @property
    def days(self) -> Calendar:
        """The calendar that the terms of this procedure's provider run by."""
        return calendar(self.act.zone, self.act.calendar, self.act.working_time.get(self.procedure.provider.code))
