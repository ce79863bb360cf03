"""Facts that can't be of this period or of this organisation, however well they are written."""

from collections.abc import Iterator
from typing import Literal

from services.scoring.sheet.facts import Audits, Fact, Facts, NetResult, Organisation
from shared.procedure.sound import Fault

Misplaced = Literal["other-year", "audit-outside-period"]
MENDED: dict[Misplaced, str] = {
    "other-year": "a net result is of the period's year or of the year before; correct year, or leave the fact out",
    "audit-outside-period": "an audit counts in the period in which it was made; correct on, or leave it out",
}


def misplaced(fact: Fact, period: int) -> Misplaced | None:
    """Why a fact can't be reported in this period; None if it can."""
    if isinstance(fact, NetResult) and fact.year not in (period, period - 1):
        return "other-year"
    if isinstance(fact, Audits) and any(audit.on.year != period for audit in fact.audits):
        return "audit-outside-period"
    return None


def faults(facts: Facts) -> Iterator[Fault]:
    """Every fact out of its period, and every organisation that is there twice as two different ones."""
    first: dict[str, Organisation] = {}
    for i, organisation in enumerate(facts.organisations):
        known = first.setdefault(organisation.bin, organisation)
        for word in ("name", "kind", "region"):
            if getattr(known, word) != getattr(organisation, word):
                what = f"{organisation.bin} is there already with another {word}; give both the same"
                yield Fault(("organisations", i, word), what)
        for j, fact in enumerate(organisation.facts):
            yield from fault_of(fact, facts.period, "organisations", i, "facts", j)


def fault_of(fact: Fact, period: int, *place: str | int) -> Iterator[Fault]:
    why = misplaced(fact, period)
    if why is not None:
        yield Fault(place, MENDED[why])
