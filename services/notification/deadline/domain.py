"""Overdue or not: which escalations stand, which have turned out wrong, and which are due now."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from services.notification.deadline.rules import Escalation
from shared.calendar.due import Due
from shared.contracts.notification import ActionEscalated, EscalationWithdrawn
from shared.procedure.case import Case
from shared.procedure.format import Action
from shared.procedure.progress import OpenStep, Progress


def term_holds(action: Action, progress: Progress) -> bool:
    """Whether the action is timed; a term for one outcome only holds once that outcome has come."""
    if action.term is None or action.term_for is None:
        return action.term is not None
    done = progress.completion(action.term_for.step)
    return done is not None and action.term_for.outcome in (None, done.outcome)


def deadline(case: Case, opened: OpenStep) -> Due | None:
    """Until when an open step has to be done; None when its action has no term that holds."""
    return case.deadline(opened) if term_holds(opened.action, case.progress) else None


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
        limit, action = deadline(case, opened), opened.action.code
        if limit is None or limit.at + rules.grace >= now or (action, limit.at) in told:
            continue
        if not escalated(case, action, limit.at):
            told.add((action, limit.at))
            yield ActionEscalated(
                happened_at=now, action=action, escalated_step=opened.step.code, due=limit.at, to=rules.to
            )


def to_withdraw(case: Case, now: datetime) -> Iterator[EscalationWithdrawn]:
    """Escalations of what had been done, or was over, in time."""
    for said in escalations(case):
        done, ended = case.progress.completion(said.escalated_step), case.progress.ended
        over = done.at if done else ended.at if ended else None
        if over and over <= said.due:
            yield EscalationWithdrawn(
                happened_at=max(now, said.happened_at),
                action=said.action,
                escalated_step=said.escalated_step,
                due=said.due,
            )
