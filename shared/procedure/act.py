"""The legal act that a procedure stands in, and the edition: one procedure with its act, as it was published."""

from datetime import date

from pydantic import Field

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

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Act(Data):
    """The legal act that holds the procedures. `paragraphs`: how many each part of it has; `sections`: those that list
    sub-items, as counted in the text."""

    code: Code
    title: Names
    number: str
    adopted: date
    registered: Registered
    repealed_by: str | None = None
    in_force: InForce
    zone: str
    calendar: Code
    paragraphs: dict[Part, int] = Field(default_factory=dict)
    sections: tuple[Section, ...] = ()


class Edition(Data):
    """What a case runs on: one procedure with its act, as it was published."""

    act: Act
    procedure: Procedure

    @property
    def code(self) -> str:
        return f"{self.act.code}/{self.procedure.code}"
