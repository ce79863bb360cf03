"""What has been done in a case, when, and whether in time: pure functions over its facts.

`entries` tells every fact about a step, also what fell and what was done again. `actions` tells the timed actions that
are complete, one line each, as the act counts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.common import Because, StepDone
from shared.procedure.facts import Fact, legal_order
from shared.procedure.format import Action, After, Procedure, Step
from shared.procedure.progress import Progress

Term = tuple[str, str | None, datetime | None]
Terms = dict[Term, list[tuple[Fact, StepDone]]]
"""What was done, and not undone, of one step and part while its term ran from one moment."""


class Standing(StrEnum):
    """What a fact is worth now.

    It counts; it was done again, or what it rested on fell; it undid its step; it came after its service's hand-over;
    it waits for facts that it rests on.
    """

    STANDS = "stands"
    FELL = "fell"
    UNDID = "undid"
    LATER = "later"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact about a step. `timed`: its action had a term that held; `since`, `due` as they stood then."""

    fact: Fact
    done: StepDone
    action: Action
    step: Step
    timed: bool
    late: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class ActionDone:
    """A timed action that is complete. `started_at`: the moment that its term runs from; `event` completed it."""

    action: Action
    started_at: datetime
    due_at: datetime
    completed_at: datetime
    because: tuple[Because, ...]
    event: str

    @property
    def late(self) -> bool:
        return self.completed_at > self.due_at


def entries(procedure: Procedure, facts: Iterable[Fact], progress: Progress) -> list[Entry]:
    """In order of legal time."""
    about = _about_steps(procedure, facts)
    terms = _by_term(about)
    return [_entry(procedure, fact, done, terms, progress) for fact, done in about]


def actions(procedure: Procedure, facts: Iterable[Fact], progress: Progress) -> list[ActionDone]:
    """In order of completion. An action is complete when each of its steps is, or can't come any more by the outcomes.

    What was once done in time isn't late by being done again: of the completions within one running of the term the
    first is told. An action without a term, or whose term is for another outcome, isn't told here: its facts have none.
    """
    terms = _by_term(_about_steps(procedure, facts))
    complete = [a for a in procedure.actions if _complete(procedure, a, progress)]
    told = [done for a in complete if (done := _told(a, terms, progress))]
    return sorted(told, key=lambda done: done.completed_at)


def _about_steps(procedure: Procedure, facts: Iterable[Fact]) -> list[tuple[Fact, StepDone]]:
    about = [(f, f.step) for f in facts if f.step and f.step.step in procedure.steps]
    return sorted(about, key=lambda pair: legal_order(pair[0]))


def _by_term(about: list[tuple[Fact, StepDone]]) -> Terms:
    terms: Terms = {}
    for fact, done in about:
        if not done.undone:
            terms.setdefault(_term(done), []).append((fact, done))
    return terms


def _term(done: StepDone) -> Term:
    return done.step, done.part, done.since


def _entry(procedure: Procedure, fact: Fact, done: StepDone, terms: Terms, progress: Progress) -> Entry:
    action, step = procedure.steps[done.step]
    timed = done.due is not None
    return Entry(fact, done, action, step, timed, timed and _late(done, terms), _standing(fact, done, progress))


def _late(done: StepDone, terms: Terms) -> bool:
    """Done after it was due, and never in time within the same running of the term."""
    again = terms.get(_term(done), ())
    return done.due is not None and all(other.happened_at > done.due for _, other in again)


def _standing(fact: Fact, done: StepDone, progress: Progress) -> Standing:
    if fact in progress.later:
        return Standing.LATER
    if fact.id in progress.waiting:
        return Standing.WAITS
    if done.undone:
        return Standing.UNDID
    return Standing.STANDS if fact in progress.counting else Standing.FELL


def _complete(procedure: Procedure, action: Action, progress: Progress) -> bool:
    done = [progress.completion(s.code) is not None for s in action.steps]
    return any(done) and all(d or _unreachable(procedure, s, progress) for s, d in zip(action.steps, done, strict=True))


def _unreachable(procedure: Procedure, step: Step, progress: Progress) -> bool:
    return any(_never(procedure, after, progress) for after in step.after)


def _never(procedure: Procedure, after: After, progress: Progress) -> bool:
    done = progress.completion(after.step)
    if done:
        return after.outcome not in (None, done.outcome)
    return _unreachable(procedure, procedure.steps[after.step][1], progress)


def _told(action: Action, terms: Terms, progress: Progress) -> ActionDone | None:
    completions = [c for s in action.steps if (c := progress.completion(s.code))]
    standing = [f for c in completions for f in c.facts if f.step and f.step.step == c.step.code]
    firsts = [_first_in_term(f, terms, progress) for f in standing]
    last = max(firsts, key=legal_order, default=None)
    if last is None or last.step is None or last.step.since is None or last.step.due is None:
        return None
    return ActionDone(action, last.step.since, last.step.due, last.at, last.step.because, last.name)


def _first_in_term(fact: Fact, terms: Terms, progress: Progress) -> Fact:
    """The first time that this was done while its term ran from the same moment."""
    if fact.step is None or fact.step.since is None:
        return fact
    again = [f for f, _ in terms.get(_term(fact.step), ()) if f not in progress.later]
    return min(again, key=legal_order, default=fact)
