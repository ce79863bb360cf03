"""The days of one year that differ from a plain working day, each with its reason; read from the `holidays` library."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from holidays.countries.kazakhstan import Kazakhstan

from shared.calendar.reason import Code, Reason
from shared.calendar.rules import Rules

YEARS = range(2000, 2100)
MOVED = " (қайта белгіленген демалыс)"
TRANSFERRED = re.compile(r"\((\d\d)\.(\d\d)\.(\d{4}) бастап ауыстырылды\)$")


class UnknownYear(ValueError):
    """No calendar reaches that year."""


@dataclass(frozen=True)
class Year:
    """`off`: non-working days; `worked`: working days that would not be so without a transfer or a correction."""

    off: dict[date, Reason]
    worked: dict[date, Reason]


def read_year(year: int, rules: Rules) -> Year:
    if year not in YEARS:
        raise UnknownYear(f"the calendar knows the years {YEARS[0]} to {YEARS[-1]}, not {year}")
    library = _library(year)
    worked = {day: Reason(code="worked-instead", params={"days": f"{day}"}) for day in library.weekend_workdays}
    off = {day: _weekend(day) for day in days_of(year) if rules.working_time.is_weekend(day) and day not in worked}
    off |= {day: _named(day, library.get_list(day), rules) for day in library}
    _correct(off, worked, rules)
    return Year(_within(year, off), _within(year, worked))


def days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def _library(year: int) -> Kazakhstan:
    """The year after is read too: its transfers may make a day of this year a working day. The language is named:
    without it the library follows the machine's."""
    return Kazakhstan(years=(year, year + 1), expand=False, islamic_show_estimated=False, language="kk")


def _within(year: int, days: dict[date, Reason]) -> dict[date, Reason]:
    return {day: reason for day, reason in days.items() if day.year == year}


def _weekend(day: date) -> Reason:
    return Reason(code="weekend", params={"days": f"{day}", "count": "1"})


def _named(day: date, names: list[str], rules: Rules) -> Reason:
    """A day may have several names; the holiday itself says more than a day off moved there."""
    name = min(names, key=lambda name: (name not in rules.holidays, name))
    if found := TRANSFERRED.search(name):
        worked = date(int(found[3]), int(found[2]), int(found[1]))
        return Reason(code="day-off-transferred", params={"days": f"{day}", "worked": f"{worked}"})
    code: Code = "holiday-moved" if name.endswith(MOVED) else "holiday"
    return Reason(code=code, params={"days": f"{day}", "holiday": rules.holidays[name.removesuffix(MOVED)]})


def _correct(off: dict[date, Reason], worked: dict[date, Reason], rules: Rules) -> None:
    for correction in rules.corrections:
        params = {"days": f"{correction.day}", "source": correction.source}
        off.pop(correction.day, None)
        worked.pop(correction.day, None)
        if correction.working:
            worked[correction.day] = Reason(code="corrected-working-day", params=params)
        else:
            off[correction.day] = Reason(code="corrected-day-off", params=params)
