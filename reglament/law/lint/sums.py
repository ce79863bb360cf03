"""Do the actions add up to the stated total: all of them, on the path, with a refusal's own term, under each printed term?"""

from collections.abc import Iterator

from reglament.law.lint.finding import Finding, Text
from reglament.law.lint.lengths import differ, length, within
from reglament.law.lint.way import Way
from reglament.law.procedures.words import spell_term
from shared.calendar.term import UNITS, Term
from shared.procedure.format import Action, Procedure, Total
from shared.procedure.text import OtherTerm


def sums(text: Text) -> Iterator[Finding]:
    """Each way of adding up that doesn't give the stated total; or that no total is stated."""
    procedure = text.procedure
    if procedure.total is None:
        spelt = _spelt(procedure)
        says = f"no total term is stated; the actions add up to {spelt}"
        yield text.found("no-total", "total", says, *_sections(procedure), numbers=spelt.replace(" ", "-"))
    elif _comparable(procedure, procedure.total):
        scale, stated = length(procedure.total.term)
        other = {way: count for way, count in ways(procedure, procedure.total).items() if count != stated}
        if other:
            says = f"{stated} {scale.replace('_', ' ')} are stated; " + ", ".join(
                f"{n} {way}" for way, n in other.items()
            )
            where = (procedure.total.paragraph, *(said for said, _, _ in _printed_otherwise(procedure) if "§" in said))
            numbers = "/".join(map(str, dict.fromkeys((stated, *other.values()))))
            yield text.found("sum", "total", says, *where, numbers=numbers)


def not_compared(text: Text) -> Iterator[str]:
    """That the stated total is compared with nothing, and why."""
    total = text.procedure.total
    if total and not _comparable(text.procedure, total):
        yield f"the total, {spell_term(total.term)}: the actions count otherwise, {_spelt(text.procedure)}"


def ways(procedure: Procedure, total: Total) -> dict[str, int]:
    """What each way of adding up gives. What an outcome alone is timed for runs beside the main path; so does what isn't on
    the path, where the path is as long as stated."""
    scale, stated = length(total.term)
    way = Way(procedure, total.runs_from, {a.code: within(scale, a.term) for a in procedure.actions if not a.term_for})
    measure = Way.longest if way.longest() == stated else Way.added
    found = {"when all actions are added": measure(way), "on the path": way.longest()}
    if refusals := sum(within(scale, a.term) for a in procedure.actions if a.term_for):
        found["with the refusal's term added"] = measure(way) + refusals
    for said, action, term in _printed_otherwise(procedure):
        found[f"with the term of {said}"] = measure(way.instead(action.code, within(scale, term)))
    return found


def _printed_otherwise(procedure: Procedure) -> Iterator[tuple[str, Action, Term]]:
    """Terms that an action has elsewhere in the text, or by an outcome after which the case goes on."""
    for action in procedure.actions:
        if not action.term_for:
            yield from ((p.paragraph, action, p.term) for p in action.also if p.term and differ(p.term, action.term))
            yield from ((str(o.outcome), action, o.term) for o in action.other_terms if _goes_on(procedure, o))


def _goes_on(procedure: Procedure, other: OtherTerm) -> bool:
    following = [(s, a) for _, s in procedure.steps.values() for a in s.after if a.step == other.outcome.step]
    return any(s.kind != "notify" and a.outcome in (None, other.outcome.outcome) for s, a in following)


def _comparable(procedure: Procedure, total: Total) -> bool:
    """Hours beside days count for nothing, but no term says how many days a month has, or hours a day."""
    scale = length(total.term).scale
    return {length(a.term).scale for a in procedure.actions if a.term} <= {scale, "minutes"}


def _spelt(procedure: Procedure) -> str:
    """All actions added up, unit by unit."""
    terms = [a.term for a in procedure.actions if a.term and a.term_for is None]
    units = {unit: sum(t.count for t in terms if t.unit == unit) for unit in reversed(UNITS)}
    return " ".join(spell_term(Term(**{unit: count})) for unit, count in units.items() if count)


def _sections(procedure: Procedure) -> list[str]:
    """The paragraphs that list the actions."""
    return sorted({(a.paragraph or "").rpartition(".")[0] for a in procedure.actions} - {""})
