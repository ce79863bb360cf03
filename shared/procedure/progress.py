"""Where a case stands: one pure function over the set of public facts about an application.

A fact that completes or undoes a step counts only while it is the latest of its step and part, and every fact that it
rests on has come, counts and is no undoing. A step with parts is complete when each part has answered. From what counts
follow the steps that are open, how the case has ended, and who has it. No clock is read and no order is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.calendar.due import Pause
from shared.contracts.common import ExtendsTerm
from shared.procedure.custody import custody, handovers, later
from shared.procedure.facts import Fact, Facts, legal_order
from shared.procedure.format import Action, After, Moment, Procedure, Step
from shared.procedure.standing import extensions, pauses


@dataclass(frozen=True, slots=True)
class Completion:
    """A step that is complete: by which facts (one, or one a part), with which outcome, since when."""

    step: Step
    action: Action
    facts: tuple[Fact, ...]
    outcome: str

    @property
    def at(self) -> datetime:
        return max(f.at for f in self.facts)


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that can be done now: the parts still to answer, the moment its term runs from (None: untimed, or not known
    yet), and the facts that whoever does it rests on."""

    step: Step
    action: Action
    missing: tuple[str, ...]
    since: datetime | None
    rests_on: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    outcome: str
    by: Fact

    @property
    def at(self) -> datetime:
        return self.by.at


@dataclass(frozen=True, slots=True)
class Progress:
    """`reopened`: steps that were complete once and aren't now. `given`: the hand-over that gave the custodian the case,
    if one did. `later`: facts that came after their service's hand-over. `waiting`: facts that rest on facts which haven't
    come, with the ids of those. `pauses`: when no term ran; `extended`: by action, what gave it more time."""

    done: tuple[Completion, ...]
    open: tuple[OpenStep, ...]
    reopened: tuple[str, ...]
    ended: Ended | None
    custodian: str
    given: Fact | None
    counting: frozenset[Fact]
    later: frozenset[Fact]
    waiting: dict[UUID, tuple[UUID, ...]]
    pauses: tuple[Pause, ...]
    extended: dict[str, ExtendsTerm]

    def completion(self, step: str) -> Completion | None:
        return next((c for c in self.done if c.step.code == step), None)

    def opened(self, step: str) -> OpenStep | None:
        return next((o for o in self.open if o.step.code == step), None)


def progress(procedure: Procedure, facts: Iterable[Fact]) -> Progress:
    """Fold the facts of one application, in any order, doubled or not, under its edition's procedure."""
    known = Facts(facts)
    given = handovers(procedure, known)
    overtaken = later(known, given)
    counting = _counting(known, overtaken)
    case = _Case(procedure, known, counting)
    done = tuple(c for code in procedure.steps if (c := case.completion(code)))
    ended = case.chosen_end(overtaken) or case.derived_end()
    said = [f for f in known.ordered if f not in overtaken]
    holder, passed = custody(procedure, known, given, counting)
    opened = () if ended else tuple(o for code in procedure.steps if (o := case.opened(code)))
    return Progress(
        done=tuple(sorted(done, key=lambda c: c.at)),
        open=opened,
        reopened=tuple(c for c in procedure.steps if case.rounds(c) and not case.completion(c)),
        ended=ended,
        custodian=holder,
        given=passed,
        counting=counting,
        later=overtaken,
        waiting=known.waiting,
        pauses=pauses(said),
        extended=extensions(said),
    )


def _counting(facts: Facts, overtaken: frozenset[Fact]) -> frozenset[Fact]:
    latest: dict[tuple[str, str | None], Fact] = {}
    for fact in facts.ordered:
        if fact.step and fact not in overtaken:
            latest[fact.step.step, fact.step.part] = fact
    newest = {f.id for f in latest.values()}
    verdicts: dict[UUID, bool] = {}

    def counts(fact: Fact) -> bool:
        if fact.id not in verdicts:
            verdicts[fact.id] = False  # facts that rest on each other count for nothing
            verdicts[fact.id] = fact.step is None or (
                fact.id in newest
                and fact.id not in facts.waiting
                and all(counts(below) and not _undoes(below) for below in facts.rests_on(fact))
            )
        return verdicts[fact.id]

    return frozenset(f for f in facts.ordered if counts(f))


def _undoes(fact: Fact) -> bool:
    return fact.step is not None and fact.step.undone


class _Case:
    """One evaluation: what the facts that count make of each step."""

    def __init__(self, procedure: Procedure, facts: Facts, counting: frozenset[Fact]) -> None:
        self.procedure, self.facts, self.counting = procedure, facts, counting
        self._completions: dict[str, Completion | None] = {}

    def standing(self, code: str) -> list[Fact]:
        """The facts that count for this step, undoings left out."""
        return [f for f in self.facts.of_step(code) if f in self.counting and not _undoes(f)]

    def parts(self, step: Step) -> tuple[str, ...] | None:
        """Who has to answer; None while the fact that lists them isn't there; empty for a step without parts."""
        if step.parts_from is None:
            return step.parts
        opening = self.standing(step.parts_from)
        return opening[-1].step.parts.get(step.code) if opening and opening[-1].step else None

    def completion(self, code: str) -> Completion | None:
        if code not in self._completions:
            self._completions[code] = self._complete(code)
        return self._completions[code]

    def _complete(self, code: str) -> Completion | None:
        action, step = self.procedure.steps[code]
        facts, parts = self.standing(code), self.parts(step)
        if parts is None:
            return None
        if parts or step.parts_from:
            facts = [f for f in facts if f.step and f.step.part in parts]
            if len(facts) < len(parts) or not self.met_all(step):
                return None
            facts = facts or [f for a in step.after for f in self.standing(a.step)]
        return Completion(step, action, tuple(facts), _outcome(facts)) if facts else None

    def met(self, after: After) -> bool:
        done = self.completion(after.step)
        return done is not None and after.outcome in (None, done.outcome)

    def met_all(self, step: Step) -> bool:
        return all(self.met(a) for a in step.after)

    def opened(self, code: str) -> OpenStep | None:
        action, step = self.procedure.steps[code]
        if self.completion(code) or not self.met_all(step):
            return None
        answered = {f.step.part for f in self.standing(code) if f.step}
        missing = tuple(p for p in self.parts(step) or () if p not in answered)
        grounds = tuple(f for a in step.after if (c := self.completion(a.step)) for f in c.facts)
        since = self.moment(action.runs_from) if action.runs_from else None
        return OpenStep(step, action, missing, since, grounds)

    def moment(self, moment: Moment) -> datetime | None:
        """The instant that a term runs from; None while no fact gives it."""
        if moment.moment:
            stated = [f.body.moments[moment.moment] for f in self.facts.ordered if moment.moment in f.body.moments]
            return stated[-1] if stated else None
        if moment.latest:
            done = self.completion(moment.latest)
            return done.at if done else None
        rounds = self.rounds(moment.first or "")
        return rounds[0] if rounds else None

    def rounds(self, code: str) -> list[datetime]:
        """When the step was completed, each time that it was, in order; also what has fallen since."""
        step = self.procedure.steps[code][1]
        facts = [f for f in self.facts.of_step(code) if not _undoes(f) and self.facts.whole(f)]
        if not (step.parts or step.parts_from):
            return [f.at for f in facts]
        completed, answered = [], dict[UUID, dict[str | None, datetime]]()
        for fact in facts:
            opening = next((b for b in self.facts.rests_on(fact) if b.step and b.step.step != code), None)
            if opening is None or opening.step is None or fact.step is None:
                continue
            answers = answered.setdefault(opening.id, {})
            answers[fact.step.part] = fact.at
            if set(step.parts or opening.step.parts.get(code, ())) == set(answers):
                completed.append(max(answers.values()))
        return completed

    def chosen_end(self, overtaken: frozenset[Fact]) -> Ended | None:
        """The end that the custodian chose: withdrawn, declined, closed."""
        ends = [f for f in self.facts.ordered if f.body.ends and f not in overtaken]
        first = min(ends, key=legal_order, default=None)
        return Ended(first.body.ends, first) if first and first.body.ends else None

    def derived_end(self) -> Ended | None:
        """The end that follows from what is complete."""
        for end in self.procedure.ends:
            done = [self.completion(a.step) for a in end.after if self.met(a)]
            facts = [f for c in done if c for f in c.facts]
            if len(done) == len(end.after):
                return Ended(end.outcome, max(facts, key=legal_order))
        return None


def _outcome(facts: list[Fact]) -> str:
    outcomes = {f.step.outcome for f in facts if f.step}
    return outcomes.pop() if len(outcomes) == 1 else "done"
