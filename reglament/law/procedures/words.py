"""Terms and moments in words."""

from shared.calendar.term import Term
from shared.procedure.format import Moment


def spell_term(term: Term | None) -> str:
    """`3 working days`, `1 hour`."""
    if term is None:
        return "no term"
    unit = term.unit.replace("_", " ")
    return f"{term.count} {unit.removesuffix('s') if term.count == 1 else unit}"


def spell_moment(moment: Moment | None) -> str:
    """`receipt`, `the first check`."""
    if moment is None:
        return "no moment"
    return moment.moment or (f"the first {moment.first}" if moment.first else f"the latest {moment.latest}")
