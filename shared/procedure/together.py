"""What an act and its procedures must agree in: each names only what the other has."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from shared.calendar.days import UnknownYear
from shared.procedure.act import Act, Edition
from shared.procedure.format import Procedure
from shared.procedure.sound import Fault


def of_providers(act: Act, procedures: Sequence[Procedure]) -> Iterator[Fault]:
    """What the act says of a provider that there isn't."""
    providers = sorted({p.provider.code for p in procedures})
    for code in act.working_time.keys() - set(providers):
        what = f"no procedure of the act has this provider; there are: {', '.join(providers)}"
        yield Fault(("working_time", code), what)


def of_sections(act: Act, procedures: Sequence[Procedure]) -> Iterator[Fault]:
    """What the act counts for a procedure that there isn't. Nothing runs by it, so it is for lint to say."""
    codes = sorted(p.code for p in procedures)
    for i, section in enumerate(act.sections):
        if section.procedure not in codes:
            what = f"the act has no procedure {section.procedure}; there are: {', '.join(codes)}"
            yield Fault(("sections", i, "procedure"), what)


def of_demonstration(edition: Edition) -> Iterator[Fault]:
    """It begins on a day on which an application can be filed. For lint to say too: a correction of the calendar may take
    that day away from data that run."""
    day = edition.procedure.demonstration.starts_on
    if why := _not_open(edition, day):
        yield Fault(
            ("demonstration", "starts_on"), f"{day}{why}; name a working day, in force, in a call if there are any"
        )


def _not_open(edition: Edition, day: date) -> str | None:
    calls = edition.procedure.calls
    if not edition.act.in_force.on(day):
        return ": the act isn't in force"
    try:
        if not edition.days.is_working_day(day):
            return " is no working day"
    except UnknownYear as unknown:
        return f": {unknown}"
    midnight = datetime.combine(day, time())
    if calls and not any(c.opens.date() <= day and c.closes > midnight for c in calls.announced):
        return ": no call is open"
    return None
