"""Do the actions add up to the stated total: all of them, on the path, with a refusal's own term, under each printed term?"""

from collections.abc import Iterator

from reglament.law.lint.finding import Finding, Text
from reglament.law.procedures.words import spell_term
from shared.calendar.term import Term
from shared.procedure.format import Action, Procedure


def sums(text: Text) -> Iterator[Finding]:
    """Each way of adding up that doesn't give the stated total; or that no total is stated."""
    procedure = text.procedure
    total = procedure.total
    if total is None:
        says = f"no total term is stated; the actions add up to {_spelt(procedure)}"
        yield text.found("no-total", "total", says, *_sections(procedure))
    elif total.term.unit == "working_days":
        other = {way: days for way, days in ways(procedure).items() if days != total.term.count}
        if other:
            says = f"{total.term.count} working days are stated; " + ", ".join(f"{d} {way}" for way, d in other.items())
            yield text.found("sum", "total", says, total.paragraph, *_printed_otherwise(procedure))


def ways(procedure: Procedure) -> dict[str, int]:
    """Working days by each way of adding up. What an outcome alone is timed for runs beside the main path."""
    main = [a for a in procedure.actions if a.term_for is None]
    found = {"when all actions are added": sum(map(days, main)), "on the path": path(procedure, {})}
    if len(main) < len(procedure.actions):
        found["with the refusal's term added"] = sum(map(days, procedure.actions))
    for action in main:
        for place in action.also:
            if place.term and action.term and place.term != action.term:
                changed = found["when all actions are added"] - days(action) + _days(place.term)
                found[f"with the term of {place.paragraph}"] = changed
    return found


def path(procedure: Procedure, ends: dict[str, int]) -> int:
    """Working days from the receipt to the last action's end, each term run from its moment; calls close at once."""
    return max(_end(procedure, action, ends) for action in procedure.actions if action.term_for is None)


def days(action: Action) -> int:
    return _days(action.term)


def _days(term: Term | None) -> int:
    return term.count if term and term.unit == "working_days" else 0


def _end(procedure: Procedure, action: Action, ends: dict[str, int]) -> int:
    if action.code not in ends:
        ends[action.code] = 0  # a moment within the action itself adds nothing
        ends[action.code] = _start(procedure, action, ends) + (0 if action.term_for else days(action))
    return ends[action.code]


def _start(procedure: Procedure, action: Action, ends: dict[str, int]) -> int:
    moment = action.runs_from
    step = moment and (moment.first or moment.latest)
    return _end(procedure, procedure.steps[step][0], ends) if step else 0


def _spelt(procedure: Procedure) -> str:
    """All actions added up, unit by unit."""
    terms = [a.term for a in procedure.actions if a.term and a.term_for is None]
    units = {unit: sum(t.count for t in terms if t.unit == unit) for unit in ("working_days", "hours", "minutes")}
    return " ".join(spell_term(Term(**{unit: count})) for unit, count in units.items() if count)


def _sections(procedure: Procedure) -> list[str]:
    """The paragraphs that list the actions."""
    return sorted({(a.paragraph or "").rpartition(".")[0] for a in procedure.actions} - {""})


def _printed_otherwise(procedure: Procedure) -> list[str]:
    return [p.paragraph for a in procedure.actions for p in a.also if p.term and p.term != a.term]
