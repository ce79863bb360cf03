"""Overdue or not: which escalations stand, which have turned out wrong, and which are due now."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from services.notification.deadline.rules import Escalation
from shared.contracts.notification import ActionEscalated, EscalationWithdrawn
from shared.procedure.case import Case
from shared.procedure.progress import OpenStep


def once_in_time(case: Case, opened: OpenStep, due: datetime, part: str | None = None) -> bool:
    """Whether what is open again was done in time before, while its term ran from the same moment: it isn't overdue.

    Of a step with parts each that is missing counts, or the one that is asked for.
    """
    before = [f.step for f in case.facts.values() if f.step and f not in case.progress.later]
    timely = {
        done.part
        for done in before
        if (done.step, done.since) == (opened.step.code, opened.since) and not done.undone and done.happened_at <= due
    }
    return timely.issuperset({part} if part else opened.missing or {None})


def escalations(case: Case) -> list[ActionEscalated]:
    """Those that stand: written and not withdrawn."""
    bodies = [f.body for f in case.facts.values()]
    withdrawn = Counter((b.escalated_step, b.due) for b in bodies if isinstance(b, EscalationWithdrawn))
    standing = []
    for said in sorted((b for b in bodies if isinstance(b, ActionEscalated)), key=lambda b: b.happened_at):
        key = said.escalated_step, said.due
        if withdrawn[key]:
            withdrawn[key] -= 1
        else:
            standing.append(said)
    return standing


def escalated(case: Case, action: str, due: datetime) -> bool:
    """Whether the head was told of this action for this due instant."""
    return any(e.action == action and e.due == due for e in escalations(case))


def to_escalate(case: Case, now: datetime, rules: Escalation) -> Iterator[ActionEscalated]:
    """What is overdue beyond the grace and hasn't been told: once for an action and due instant."""
    told: set[tuple[str, datetime]] = set()
    for opened in case.progress.open:
        limit, action = case.deadline(opened), opened.action.code
        if limit is None or limit.at + rules.grace >= now or (action, limit.at) in told:
            continue
        if not once_in_time(case, opened, limit.at) and not escalated(case, action, limit.at):
            told.add((action, limit.at))
            yield ActionEscalated(
                happened_at=now, action=action, escalated_step=opened.step.code, due=limit.at, to=rules.to
            )


def to_withdraw(case: Case, now: datetime) -> Iterator[EscalationWithdrawn]:
    """Escalations of what had been done, or was over, in time, and of terms that turned out to end later."""
    for said in escalations(case):
        if why := _mistaken(case, said):
            yield EscalationWithdrawn(
                happened_at=max(now, said.happened_at),
                action=said.action,
                escalated_step=said.escalated_step,
                due=said.due,
                why=why,
            )


def _mistaken(case: Case, said: ActionEscalated) -> Literal["done-in-time", "term-moved"] | None:
    done, ended = case.progress.completion(said.escalated_step), case.progress.ended
    if over := done.at if done else ended.at if ended else None:
        last = done.facts[-1].step if done else None
        return "done-in-time" if over <= said.due else _moved(said.due, last.since, last.due) if last else None
    opened = case.progress.opened(said.escalated_step)
    if opened is None:
        return None
    limit = case.deadline(opened)
    in_time = once_in_time(case, opened, said.due)
    return "done-in-time" if in_time else _moved(said.due, opened.since, limit.at) if limit else None


def _moved(told: datetime, since: datetime | None, due: datetime | None) -> Literal["term-moved"] | None:
    """Whether the term that ran when the due instant told came ends later; one that began only after it is another."""
    return "term-moved" if since and due and since <= told < due else None
