"""What changed between two editions of a procedure, in words, and for whom."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from reglament.law.procedures.words import spell_moment, spell_term
from shared.procedure.act import Edition
from shared.procedure.format import Action, Document, Ground, Procedure


class Change(NamedTuple):
    """`whom`: a role of the procedure, or the applicant."""

    whom: str
    says: str


class Coded(Protocol):
    @property
    def code(self) -> str: ...


E = TypeVar("E", bound=Coded)


def changes(old: Edition, new: Edition) -> list[Change]:
    before, after = old.procedure, new.procedure
    return [
        *_of_the_act(old, new),
        *_paired(before.actions, after.actions, _new_action, _gone_action, _of_action),
        *_paired(before.documents, after.documents, _new_document, _gone_document, _of_document),
        *_paired(before.refusal_grounds, after.refusal_grounds, _new_ground, _gone_ground, lambda *_: ()),
        *_of_the_whole(before, after),
    ]


def _paired(
    old: Sequence[E],
    new: Sequence[E],
    came: Callable[[E], Change],
    went: Callable[[E], Change],
    changed: Callable[[E, E], Sequence[Change]],
) -> Iterator[Change]:
    before, after = {e.code: e for e in old}, {e.code: e for e in new}
    yield from (went(e) for code, e in before.items() if code not in after)
    yield from (came(e) for code, e in after.items() if code not in before)
    for code in (code for code in after if code in before):
        yield from changed(before[code], after[code])


def _of_the_act(old: Edition, new: Edition) -> Iterator[Change]:
    if old.act.in_force != new.act.in_force:
        before, after = old.act.in_force, new.act.in_force
        yield Change(
            "everybody", f"in force {after.since} to {after.until or '…'}, not {before.since} to {before.until or '…'}"
        )
    if old.days != new.days:
        yield Change("everybody", "terms run by another calendar, zone or working time")


def _new_action(action: Action) -> Change:
    return Change(str(action.actor), f"{action.code} is new ({action.paragraph}): {spell_term(action.term)}")


def _gone_action(action: Action) -> Change:
    return Change(str(action.actor), f"{action.code} is gone (was {action.paragraph})")


def _of_action(old: Action, new: Action) -> list[Change]:
    whom, at = str(new.actor), f"{new.code} ({new.paragraph})"
    found = []
    if old.actor != new.actor:
        found.append(Change(whom, f"{at} is now theirs, no longer of {old.actor}"))
    if old.term != new.term:
        found.append(Change(whom, f"{at} has {spell_term(new.term)}, not {spell_term(old.term)}"))
    if old.runs_from != new.runs_from:
        found.append(
            Change(whom, f"the term of {at} runs from {spell_moment(new.runs_from)}, not {spell_moment(old.runs_from)}")
        )
    if (old.term_for, old.other_terms) != (new.term_for, new.other_terms):
        found.append(Change(whom, f"{at} has other terms by outcome"))
    if old.steps != new.steps:
        found.append(Change(whom, f"{at} is carried by {_steps(new)}, not {_steps(old)}"))
    return found


def _steps(action: Action) -> str:
    return ", ".join(
        f"{s.code} ({s.role}{', after ' + ' and '.join(map(str, s.after)) if s.after else ''}"
        f"{', by ' + ', '.join(s.parts) if s.parts else ''})"
        for s in action.steps
    )


def _new_document(document: Document) -> Change:
    return Change("applicant", f"hands in {document.title.en}{'' if document.required else ' (if there is one)'}")


def _gone_document(document: Document) -> Change:
    return Change("applicant", f"hands in {document.title.en} no more")


def _of_document(old: Document, new: Document) -> list[Change]:
    must = "must now" if new.required else "need no longer"
    return [Change("applicant", f"{must} hand in {new.title.en}")] if old.required != new.required else []


def _new_ground(ground: Ground) -> Change:
    return Change("applicant", f"may be refused: {ground.title.en}")


def _gone_ground(ground: Ground) -> Change:
    return Change("applicant", f"is refused no more: {ground.title.en}")


def _of_the_whole(old: Procedure, new: Procedure) -> Iterator[Change]:
    before, after = (p.total.term if p.total else None for p in (old, new))
    if before != after:
        yield Change("applicant", f"the stated total is {spell_term(after)}, not {spell_term(before)}")
    for what, whom in WHOLE.items():
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            yield Change(whom, f"{what.replace('_', ' ')} changed{_values(was, now)}")
    readings = {c.code: c.in_use for c in old.contradictions}
    for c in new.contradictions:
        if readings.get(c.code, c.in_use) != c.in_use:
            yield Change("everybody", f"{c.about.en}: read as {c.in_use}, no longer {readings[c.code]}")


WHOLE = {
    "applicants": "applicant",
    "channels": "applicant",
    "form": "applicant",
    "calls": "applicant",
    "result": "applicant",
    "given": "applicant",
    "ends": "applicant",
    "withdrawal": "applicant",
    "corrections": "applicant",
    "suspension": "applicant",
    "extension": "applicant",
    "portal": "applicant",
    "body": "commission",
    "expertise": "institute-expert",
    "participants": "everybody",
    "messages": "everybody",
}
"""What is told to have changed as a whole, and whom it concerns."""


def _values(was: object, now: object) -> str:
    simple = all(
        isinstance(v, str) or (isinstance(v, tuple) and all(isinstance(x, str) for x in v)) for v in (was, now)
    )
    return f": {_plain(now)}, not {_plain(was)}" if simple else ""


def _plain(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
