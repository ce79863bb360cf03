"""The parts of an explanation: where counting started, what wasn't counted, where it ended."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from shared.calendar.calendar import Calendar
from shared.calendar.reason import Code, Reason
from shared.calendar.term import Term, Unit

TERMS: dict[Unit, Code] = {
    "minutes": "term-minutes",
    "hours": "term-hours",
    "working_days": "term-working-days",
    "months": "term-months",
}


def utc(at: datetime) -> str:
    """An instant as reasons keep it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def days_between(first: date, last: date) -> Sequence[date]:
    """All days from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def start_of_counting(moment: datetime, start: datetime, calendar: Calendar) -> Reason:
    if moment == start:
        return Reason(code="counted-from", params={"moment": utc(moment)})
    return Reason(code=_why_moved(moment, calendar), params={"moment": utc(moment), "to": utc(start)})


def of_term(term: Term) -> Reason:
    return Reason(code=TERMS[term.unit], params={"count": str(term.count)})


def _why_moved(moment: datetime, calendar: Calendar) -> Code:
    spans = calendar.working_time(calendar.day_of(moment))
    if not spans:
        return "on-day-off"
    if moment < spans[0].begin:
        return "before-hours"
    return "in-break" if moment < spans[-1].begin else "after-hours"


def not_counted(days: Iterable[date], calendar: Calendar) -> tuple[Reason, ...]:
    """The non-working days among these: each run of a holiday in one reason, all weekends in one; then the days
    among them that a transfer or a correction made working days."""
    different = sorted(set(days))
    off = [reason for day in different if (reason := calendar.why_not(day))]
    worked = [reason for day in different if (reason := calendar.why_worked(day))]
    weekends = [reason for reason in off if reason.code == "weekend"]
    return (*_runs(r for r in off if r.code != "weekend"), *_all_weekends(weekends), *worked)


def _all_weekends(weekends: Sequence[Reason]) -> Iterator[Reason]:
    if weekends:
        days = f"{weekends[0].params['days']}/{weekends[-1].params['days']}"
        yield Reason(code="weekend", params={"days": days, "count": str(len(weekends))})


def _runs(off: Iterable[Reason]) -> Iterator[Reason]:
    """Neighbouring days off of the same holiday as one reason."""
    run: Reason | None = None
    for reason in off:
        if run and _continues(run, reason):
            run = Reason(code=run.code, params={**run.params, "days": f"{_first(run)}/{_last(reason)}"})
            continue
        if run:
            yield run
        run = reason
    if run:
        yield run


def _continues(run: Reason, reason: Reason) -> bool:
    same = run.code == reason.code and {**run.params, "days": ""} == {**reason.params, "days": ""}
    return same and _last(run) + timedelta(days=1) == _first(reason)


def _first(reason: Reason) -> date:
    return date.fromisoformat(reason.params["days"].partition("/")[0])


def _last(reason: Reason) -> date:
    return date.fromisoformat(reason.params["days"].rpartition("/")[2])


def ending(first: date, at: datetime, calendar: Calendar, provisional: bool) -> Iterator[Reason]:
    """Where it ended, and by which calendar; `first`: the day on which counting began."""
    last = calendar.day_of(at)
    yield Reason(code="due", params={"at": utc(at)})
    paragraph = calendar.rules.working_time.paragraph
    if paragraph:
        yield Reason(code="provider-hours-stated", params={**hours(calendar), "paragraph": paragraph})
    elif calendar.own_hours:
        yield Reason(code="provider-hours", params=hours(calendar))
    for said in calendar.confirmed_since(first, last):
        year = f"{said.until.year}-01-01/{said.until}"
        yield Reason(code="calendar-confirmed", params={"days": year, "source": said.source})
    yield Reason(code="calendar-hours-stated" if paragraph else "calendar", params={"version": calendar.version})
    if provisional:
        yield Reason(code="provisional", params={"confirmed": "/".join(map(str, calendar.confirmed))})


def hours(calendar: Calendar) -> dict[str, str]:
    """Working time as reasons tell it."""
    said = calendar.rules.working_time
    return {name: f"{a:%H:%M}/{b:%H:%M}" for name, (a, b) in (("hours", said.hours), ("break", said.pause))}
