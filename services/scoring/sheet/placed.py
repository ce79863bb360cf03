"""Facts that can't be of this period or of this organisation, however well they are written."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from services.scoring.sheet.facts import Audits, Fact, Facts, NetResult, Organisation, Plans, Reports, Transfer
from shared.procedure.sound import Fault

Why = Literal["other-year", "without-result", "outside-period", "after-its-date"]
MENDED: dict[Why, str] = {
    "other-year": "a net result is of the period's year or of the year before; correct year, or leave the fact out",
    "without-result": "who didn't exist in the period has no place in its sheet; give the amount, or leave the organisation out",
    "outside-period": "a fact tells of audits made and of what was due in the period; correct the day, or leave it out",
    "after-its-date": "nothing in a fact happens after its own date; correct the day or the fact's date",
}


class Misplaced(NamedTuple):
    """Why a fact can't be reported in a period, and the field that says so."""

    why: Why
    field: str


def misplaced(fact: Fact, period: int) -> Misplaced | None:
    """None for a fact that can be of this period."""
    if isinstance(fact, NetResult) and fact.year not in (period, period - 1):
        return Misplaced("other-year", "year")
    if isinstance(fact, NetResult) and fact.year == period and fact.amount is None:
        return Misplaced("without-result", "amount")
    for field, days in _of_the_period(fact):
        if any(day.year != period for day in days):
            return Misplaced("outside-period", field)
    for field, days in _happened(fact):
        if any(day > fact.date for day in days):
            return Misplaced("after-its-date", field)
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
    found = misplaced(fact, period)
    if found is not None:
        yield Fault((*place, found.field), MENDED[found.why])


def _of_the_period(fact: Fact) -> Iterable[tuple[str, list[date]]]:
    """The days, by field, that make a fact one of a period: when it was audited, or when something was due."""
    match fact:
        case Audits():
            yield "audits", [audit.on for audit in fact.audits]
        case Transfer() if fact.due_by:
            yield "due_by", [fact.due_by]
        case Plans() | Reports():
            yield "submissions", [each.due_by for each in fact.submissions]


def _happened(fact: Fact) -> Iterable[tuple[str, list[date]]]:
    """The days, by field, on which something was done."""
    match fact:
        case Audits():
            yield "audits", [audit.on for audit in fact.audits]
        case Transfer():
            yield "payments", [payment.on for payment in fact.payments]
        case Plans() | Reports():
            yield "submissions", [each.given_on for each in fact.submissions if each.given_on]
