"""Which days and hours are working time in a zone, and why not."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.calendar.days import Year, read_year
from shared.calendar.reason import Reason
from shared.calendar.rules import Confirmed, Rules, WorkingTime, all_rules, rules


class UnknownZone(ValueError):
    """The time zone database has no zone of that name."""


class Interval(NamedTuple):
    """A half-open stretch of working time, in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """The working time of one zone. `version` names data and library, so that an explanation can be followed up;
    `own_hours`: the working time is the provider's."""

    version: str
    zone: ZoneInfo
    rules: Rules
    own_hours: bool = False
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

    def is_confirmed(self, first: date, last: date) -> bool:
        """Whether the calendar was compared with the official one for all days from the first to the last."""
        ends = (min(last, date(year, 12, 31)) for year in range(first.year, last.year + 1))
        return all(end.year in self.rules.confirmed and end <= self.rules.confirmed[end.year].until for end in ends)

    def confirmed_since(self, first: date, last: date) -> list[Confirmed]:
        """The years among these days that a later revision than the first has confirmed."""
        years = (self.rules.confirmed.get(year) for year in range(first.year, last.year + 1))
        return [said for said in years if said and said.revision > 1]

    @property
    def confirmed(self) -> tuple[date, date]:
        """The first and the last day of the unbroken stretch that is confirmed, from the first year on."""
        first = min(self.rules.confirmed)
        last = first
        while self.rules.confirmed[last].until == date(last, 12, 31) and last + 1 in self.rules.confirmed:
            last += 1
        return date(first, 1, 1), self.rules.confirmed[last].until

    def _year(self, day: date) -> Year:
        if day.year not in self._years:
            self._years[day.year] = read_year(day.year, self.rules)
        return self._years[day.year]


@lru_cache(maxsize=64)
def calendar(zone: str, name: str = "kz-2015", working_time: WorkingTime | None = None) -> Calendar:
    """The calendar of that name in that zone of the time zone database; `working_time`: a provider's own.

    UnknownZone, UnknownCalendar: not there.
    """
    chosen = rules(name)
    if working_time:
        chosen = chosen.model_copy(update={"working_time": working_time})
    return Calendar(release(name), zone_of(zone), chosen, own_hours=working_time is not None)


def release(name: str) -> str:
    """Names the data and the library that a calendar is made of."""
    return f"{name}.{rules(name).revision}+holidays.{version('holidays')}"


def releases() -> str:
    """The same of every calendar: another one, and every due instant has to be worked out anew."""
    return " ".join(map(release, all_rules()))


def zone_of(name: str) -> ZoneInfo:
    """Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, not a plain name, a folder of the database
        raise UnknownZone(f"unknown time zone {name!r}; use a name of the tz database such as Asia/Almaty") from None
