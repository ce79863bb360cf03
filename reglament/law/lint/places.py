"""What the text says of an action in several places: its terms, who carries it, from when it runs; and whether each place
lists all of them.
"""

from collections.abc import Iterator

from reglament.law.lint.finding import Finding, Text
from reglament.law.lint.lengths import differ, written
from reglament.law.procedures.words import spell_moment, spell_term
from shared.calendar.term import Term
from shared.procedure.basics import After
from shared.procedure.format import Action
from shared.procedure.text import Place


def two_terms(text: Text) -> Iterator[Finding]:
    """One action, two terms, printed in two places or in the second alone; the same for its term by an outcome."""
    for action in text.procedure.actions:
        printed = [(action.term, action.paragraph), *((p.term, p.paragraph) for p in action.also if p.term)]
        yield from _two_terms(text, action.code, printed)
        for outcome in dict.fromkeys(o.outcome for said in action.told for o in said.other_terms):
            places = [(_term_for(outcome, said), said.paragraph) for said in action.told]
            printed = [places[0], *(place for place in places[1:] if place[0])]
            yield from _two_terms(text, f"{action.code}:{outcome}", printed)


def _two_terms(text: Text, subject: str, printed: list[tuple[Term | None, str | None]]) -> Iterator[Finding]:
    if any(differ(term, printed[0][0]) for term, _ in printed):
        says = f"{subject} has " + " but ".join(f"{spell_term(term)} in {p}" for term, p in printed)
        numbers = "/".join(written(term) for term, _ in printed)
        yield text.found("two-terms", subject, says, *(p for _, p in printed), numbers=numbers)


def _term_for(outcome: After, said: Action | Place) -> Term | None:
    if isinstance(said, Action) and said.term_for == outcome:
        return said.term
    return next((o.term for o in said.other_terms if o.outcome == outcome), None)


def two_actors(text: Text) -> Iterator[Finding]:
    """One action, two who carry it."""
    for action in text.procedure.actions:
        for place in action.also:
            if place.actor and place.actor != action.actor:
                says = f"{action.code} is of {action.actor} in {action.paragraph} but of {place.actor} in {place.paragraph}"
                yield text.found("two-actors", action.code, says, action.paragraph, place.paragraph)


def two_moments(text: Text) -> Iterator[Finding]:
    """One action, whose term runs from two moments."""
    for action in text.procedure.actions:
        for place in action.also:
            if place.runs_from and place.runs_from != action.runs_from:
                one, other = spell_moment(action.runs_from), spell_moment(place.runs_from)
                says = f"{action.code} runs from {one} in {action.paragraph} but from {other} in {place.paragraph}"
                yield text.found("two-moments", action.code, says, action.paragraph, place.paragraph)


def fewer_actions(text: Text) -> Iterator[Finding]:
    """A list of the actions, or of their results, that has fewer than another: as the act counts its sub-items, or as the
    data point at them. Lists without an action in common are parts of one."""
    described, whole = _described(text), {_section(a.paragraph) for a in text.procedure.actions if a.paragraph}
    parts = (
        {s for s in whole if all(described[s].isdisjoint(described[o]) for o in whole - {s})}
        if len(whole) > 1
        else set()
    )
    lists = [s for s in text.act.sections if s.procedure == text.procedure.code and s.about in ("actions", "results")]
    numbers = {section: len(actions) for section, actions in described.items()}
    numbers |= {s.paragraph: max(s.items, numbers.get(s.paragraph, 0)) for s in lists}
    most = max([len([a for a in text.procedure.actions if a.paragraph]), *numbers.values()])
    for section, number in numbers.items():
        if number < most and section not in parts:
            fullest = ", ".join(sorted(s for s, n in numbers.items() if n == most) or sorted(whole))
            says = f"{section} has {number} actions, {fullest} has {most}"
            yield text.found("fewer-actions", section, says, section, *sorted(whole), numbers=f"{number}/{most}")


def _described(text: Text) -> dict[str, set[str]]:
    """By section, the actions that it describes or gives the result of."""
    found: dict[str, set[str]] = {}
    for action in text.procedure.actions:
        places = [said.paragraph for said in action.told] + ([action.result.paragraph] if action.result else [])
        for paragraph in filter(None, places):
            found.setdefault(_section(paragraph), set()).add(action.code)
    return found


def _section(paragraph: str) -> str:
    return paragraph.partition(".")[0]
