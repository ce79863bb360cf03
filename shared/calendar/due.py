"""Until when: the instant at which a term ends, with its explanation. The texts leave the rules open: assumed."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from shared.calendar.because import days_between, ending, hours, not_counted, of_term, start_of_counting, utc
from shared.calendar.calendar import Calendar, Interval
from shared.calendar.reason import Reason
from shared.calendar.term import Term

DAY = timedelta(days=1)


class Pause(BaseModel):
    """A stretch in which the clock of the term stood still; its start is inside, its end is outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"a pause ends after it starts; given: {self.start} to {self.end}")
        return self

    def touches(self, begin: datetime, end: datetime) -> bool:
        return self.start < end and begin < self.end


class Due(BaseModel):
    """The last instant in time (UTC). Provisional: it rests on days that no official calendar has confirmed yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    because: tuple[Reason, ...]
    provisional: bool


class _Counted(NamedTuple):
    """Where counting ended, the days that it looked at, and what the rule itself has to say."""

    at: datetime
    days: Sequence[date]
    rule: tuple[Reason, ...]


def due(moment: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Due:
    """When a term that runs from a moment ends. ValueError: moment without offset, or the calendar lacks its year."""
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment.isoformat()} has no offset; state it, for example {moment.isoformat()}Z")
    pauses = sorted(pauses, key=lambda pause: pause.start)
    start = _next_working_time(moment.astimezone(UTC), calendar)
    counted = _count(start, term, calendar, pauses)
    first = calendar.day_of(moment)
    days = (*days_between(first, calendar.day_of(start)), *counted.days)
    provisional = not calendar.is_confirmed(first, calendar.day_of(counted.at))
    because = (
        start_of_counting(moment, start, calendar),
        of_term(term),
        *counted.rule,
        *not_counted(days, calendar),
        *(_paused(pause) for pause in pauses if pause.touches(start, counted.at)),
        *ending(first, counted.at, calendar, provisional),
    )
    return Due(at=counted.at, because=because, provisional=provisional)


def _next_working_time(moment: datetime, calendar: Calendar) -> datetime:
    return next(max(moment, span.begin) for span in _working_time(moment, calendar))


def _working_time(moment: datetime, calendar: Calendar) -> Iterator[Interval]:
    """The intervals of working time that end after the moment."""
    for day in _days_from(calendar.day_of(moment)):
        yield from (span for span in calendar.working_time(day) if moment < span.end)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += DAY


def _count(start: datetime, term: Term, calendar: Calendar, pauses: Sequence[Pause]) -> _Counted:
    if term.working_days:
        return _count_working_days(start, term.working_days, calendar, pauses)
    if term.months:
        return _count_months(start, term.months, calendar, pauses)
    return _count_time(start, timedelta(minutes=term.minutes or 0, hours=term.hours or 0), calendar, pauses)


def _count_time(start: datetime, length: timedelta, calendar: Calendar, pauses: Sequence[Pause]) -> _Counted:
    """Only working time outside pauses runs; a term that fills an interval is due at its very end."""
    at, left = start, length
    for span in _running(start, calendar, pauses):
        at = min(span.end, span.begin + left)
        left -= at - span.begin
        if not left:
            break
    rule = (Reason(code="working-time-only", params=hours(calendar)),)
    return _Counted(at, days_between(calendar.day_of(start), calendar.day_of(at)), rule)


def _running(start: datetime, calendar: Calendar, pauses: Sequence[Pause]) -> Iterator[Interval]:
    for span in _working_time(start, calendar):
        begin = max(start, span.begin)
        for pause in pauses:
            if begin < pause.start < span.end:
                yield Interval(begin, pause.start)
            if pause.start < span.end:
                begin = max(begin, pause.end)
        if begin < span.end:
            yield Interval(begin, span.end)


def _count_working_days(start: datetime, count: int, calendar: Calendar, pauses: Sequence[Pause]) -> _Counted:
    """The day of the start isn't counted, nor a working day with a pause in its working time."""
    first = calendar.day_of(start)
    for day in _days_from(first + DAY):
        if calendar.is_working_day(day) and not (pauses and _is_paused(calendar.working_time(day), pauses)):
            count -= 1
        if not count:
            break
    rule = (Reason(code="first-day-not-counted", params={"days": f"{first}"}),)
    return _Counted(_close_of(day, calendar), days_between(first, day), rule)


def _count_months(start: datetime, months: int, calendar: Calendar, pauses: Sequence[Pause]) -> _Counted:
    """The same day of a later month or that month's last, moved on by the days paused, then to a working day."""
    first = calendar.day_of(start)
    same = _same_day_later(first, months)
    last = _without_paused_days(first, same, calendar, pauses)
    day = next(day for day in _days_from(last) if calendar.is_working_day(day))
    short = (Reason(code="month-too-short", params={"days": f"{same}"}),) if same.day != first.day else ()
    return _Counted(_close_of(day, calendar), days_between(last, day), short)


def _same_day_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _without_paused_days(first: date, last: date, calendar: Calendar, pauses: Sequence[Pause]) -> date:
    if not pauses:
        return last
    left = (last - first).days
    running = (day for day in _days_from(first + DAY) if not _is_paused([_civil_day(day, calendar)], pauses))
    return next(day for n, day in enumerate(running, 1) if n == left)


def _civil_day(day: date, calendar: Calendar) -> Interval:
    return Interval(*(datetime.combine(on, time(), calendar.zone) for on in (day, day + DAY)))


def _is_paused(spans: Sequence[Interval], pauses: Sequence[Pause]) -> bool:
    return any(pause.touches(span.begin, span.end) for pause in pauses for span in spans)


def _close_of(day: date, calendar: Calendar) -> datetime:
    return calendar.working_time(day)[-1].end


def _paused(pause: Pause) -> Reason:
    return Reason(code="paused", params={"start": utc(pause.start), "end": utc(pause.end)})
