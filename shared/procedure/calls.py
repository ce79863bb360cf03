"""Calls for applications: when a procedure takes them, where it takes them only then."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from shared.procedure.basics import Code, Data, Sourced


class Call(Data):
    """One call, from its opening until just before its close; local time of the act's zone, without an offset."""

    code: Code
    opens: datetime
    closes: datetime

    @field_validator("opens", "closes")
    @classmethod
    def is_local(cls, value: datetime) -> datetime:
        if value.tzinfo is not None:
            raise ValueError("write the local time of the act's zone, without an offset")
        return value

    @model_validator(mode="after")
    def closes_after_it_opens(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("a call closes after it opens")
        return self


class Calls(Sourced):
    """The calls of a procedure that takes applications only during one."""

    announced: tuple[Call, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def come_one_after_another(self) -> Self:
        if any(
            later.opens < earlier.closes for earlier, later in zip(self.announced, self.announced[1:], strict=False)
        ):
            raise ValueError("calls come in the order of time and don't overlap")
        return self

    def at(self, moment: datetime, zone: str) -> Call | None:
        """The call that is open at this instant."""
        return self.open_at(_local(moment, zone))

    def open_at(self, local: datetime) -> Call | None:
        """The call that is open at this local time of the act's zone."""
        return next((c for c in self.announced if c.opens <= local < c.closes), None)

    def after(self, moment: datetime, zone: str) -> Call | None:
        """The next call to open after this instant."""
        local = _local(moment, zone)
        return next((c for c in self.announced if c.opens > local), None)


def instant(local: datetime, zone: str) -> datetime:
    """A call's opening or close as an instant."""
    return local.replace(tzinfo=ZoneInfo(zone))


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
