"""What has been done in a case, when, and whether in time: pure functions over its facts.

`entries` tells every fact about a step, also what fell and what was done again. `actions` tells the timed actions that
are complete, one line each, as the act counts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.common import Because, StepDone
from shared.procedure.facts import Fact
from shared.procedure.format import Action, After, Procedure, Step
from shared.procedure.progress import Progress


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
    return [_entry(procedure, fact, done, about, progress) for fact, done in about]


def actions(procedure: Procedure, facts: Iterable[Fact], progress: Progress) -> list[ActionDone]:
    """In order of completion. An action is complete when each of its steps is, or can't come any more by the outcomes.

    What was once done in time isn't late by being done again: of the completions within one running of the term the
    first is told. An action without a term, or whose term is for another outcome, isn't told here: its facts have none.
    """
    about = _about_steps(procedure, facts)
    complete = [a for a in procedure.actions if _complete(procedure, a, progress)]
    told = [done for a in complete if (done := _told(a, about, progress))]
    return sorted(told, key=lambda done: done.completed_at)


def _about_steps(procedure: Procedure, facts: Iterable[Fact]) -> list[tuple[Fact, StepDone]]:
    about = [(f, f.step) for f in facts if f.step and f.step.step in procedure.steps]
    return sorted(about, key=lambda pair: (pair[0].at, pair[0].place))


def _entry(
    procedure: Procedure, fact: Fact, done: StepDone, about: list[tuple[Fact, StepDone]], progress: Progress
) -> Entry:
    action, step = procedure.steps[done.step]
    timed = done.due is not None
    return Entry(fact, done, action, step, timed, timed and _late(done, about), _standing(fact, done, progress))


def _late(done: StepDone, about: list[tuple[Fact, StepDone]]) -> bool:
    """Done after it was due, and never in time within the same running of the term."""
    return done.due is not None and all(again.happened_at > done.due for _, again in about if _same_term(again, done))


def _same_term(one: StepDone, other: StepDone) -> bool:
    """The same step and part done, not undone, while the term ran from the same moment."""
    same = (one.step, one.part, one.since) == (other.step, other.part, other.since)
    return same and not one.undone


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


def _told(action: Action, about: list[tuple[Fact, StepDone]], progress: Progress) -> ActionDone | None:
    completions = [c for s in action.steps if (c := progress.completion(s.code))]
    standing = [f for c in completions for f in c.facts if f.step and f.step.step == c.step.code]
    firsts = [_first_in_term(f, about, progress) for f in standing]
    last = max(firsts, key=lambda f: (f.at, f.place), default=None)
    if last is None or last.step is None or last.step.since is None or last.step.due is None:
        return None
    return ActionDone(action, last.step.since, last.step.due, last.at, last.step.because, last.name)


def _first_in_term(fact: Fact, about: list[tuple[Fact, StepDone]], progress: Progress) -> Fact:
    """The first time that this was done while its term ran from the same moment."""
    if fact.step is None or fact.step.since is None:
        return fact
    again = [f for f, done in about if _same_term(done, fact.step) and f not in progress.later]
    return min(again, key=lambda f: (f.at, f.place), default=fact)
