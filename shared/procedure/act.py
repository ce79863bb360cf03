"""The legal act that a procedure stands in, and the edition: one procedure with its act, as it was published."""

from datetime import date

from shared.procedure.format import Code, Data, Names, Procedure


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
    """The legal act that holds the procedures."""

    code: Code
    title: Names
    number: str
    adopted: date
    registered: Registered
    repealed_by: str | None = None
    in_force: InForce
    zone: str
    calendar: Code


class Edition(Data):
    """What a case runs on: one procedure with its act, as it was published."""

    act: Act
    procedure: Procedure

    @property
    def code(self) -> str:
        return f"{self.act.code}/{self.procedure.code}"
