"""Which days and hours are working time in a zone, and why not."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.calendar.days import Year, read_year
from shared.calendar.reason import Reason
from shared.calendar.rules import Rules, rules


class UnknownZone(ValueError):
    """The time zone database has no zone of that name."""


class Interval(NamedTuple):
    """A half-open stretch of working time, in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """The working time of one zone. `version` names data and library, so that an explanation can be followed up."""

    version: str
    zone: ZoneInfo
    rules: Rules
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)

    def is_working_day(self, day: date) -> bool:
        return day not in self._year(day).off

    def why_not(self, day: date) -> Reason | None:
        """Why the day is a non-working day; None on a working day."""
        return self._year(day).off.get(day)

    def why_worked(self, day: date) -> Reason | None:
        """Why the day is a working day although the week says otherwise; None on all other days."""
        return self._year(day).worked.get(day)

    def working_time(self, day: date) -> tuple[Interval, ...]:
        """The working time of a day in order; empty on a non-working day."""
        if not self.is_working_day(day):
            return ()
        spans = self.rules.working_time.intervals
        return tuple(Interval(*(datetime.combine(day, at, self.zone).astimezone(UTC) for at in span)) for span in spans)

    def day_of(self, moment: datetime) -> date:
        """The civil day of a moment in the calendar's zone."""
        return moment.astimezone(self.zone).date()

    def is_confirmed(self, day: date) -> bool:
        """Whether the calendar was compared with the official one for that day."""
        return self.rules.confirmed.holds(day)

    @property
    def confirmed_until(self) -> date:
        return self.rules.confirmed.until

    def _year(self, day: date) -> Year:
        if day.year not in self._years:
            self._years[day.year] = read_year(day.year, self.rules)
        return self._years[day.year]


@lru_cache(maxsize=64)
def calendar(zone: str, name: str = "kz-2015") -> Calendar:
    """The calendar of that name in that zone of the time zone database. UnknownZone, UnknownCalendar: not there."""
    chosen = rules(name)
    return Calendar(f"{name}.{chosen.revision}+holidays.{version('holidays')}", _zone(zone), chosen)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, not a plain name, a folder of the database
        raise UnknownZone(f"unknown time zone {name!r}; use a name of the tz database such as Asia/Almaty") from None
