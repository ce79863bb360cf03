"""Reminders before a long term ends: once for an action and due instant, told to whoever is to act."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

from services.notification.deadline.rules import reminder
from shared.contracts.notification import ActionDueSoon
from shared.kernel.follow import TROUBLE
from shared.kernel.log import Conflict
from shared.kernel.node import Node
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.progress import OpenStep
from shared.telemetry.log import log_failure
from shared.telemetry.spans import span

PERIOD = 5.0
SOON = (
    "select distinct subject from views.queue where remind_at <= $1 and due >= $1 and subject > $2"
    " order by subject limit 200"
)


async def reminding(node: Node) -> None:
    """The loop of the node."""
    while True:
        await remind_once(node)
        await asyncio.sleep(PERIOD)


async def remind_once(node: Node) -> int:
    """Remind where it is time by legal time; returns how many reminders were written."""
    now, last, written = await node.clock.now(), "", 0
    while rows := await node.log.pool.fetch(SOON, now, last):
        for row in rows:
            with span("remind"):
                written += await _remind(node, row["subject"])
        last = rows[-1]["subject"]
    return written


async def _remind(node: Node, application: str) -> int:
    """By the case's facts, so that a second round changes nothing. A case that fails is left to the log."""
    work = await node.work()
    try:
        case = await case_of(work, application)
        for fact in list(to_remind(case, work.now)):
            work.record(application, fact)
        await work.commit()
    except Conflict:
        return 0  # somebody wrote about the case: the next round looks again
    except TROUBLE:
        raise
    except Exception as error:
        log_failure("reminding-failed", error, application=application)
        return 0
    return len(work.rows)


def to_remind(case: Case, now: datetime) -> Iterator[ActionDueSoon]:
    """The reminders that it is time for: one for an action, of its step that is open."""
    told: set[str] = set()
    for opened in case.progress.open:
        limit, at = case.deadline(opened), remind_at(case, opened)
        if limit and at and at <= now <= limit.at and opened.action.code not in told:
            told.add(opened.action.code)
            yield ActionDueSoon(
                happened_at=now,
                action=opened.action.code,
                open_step=opened.step.code,
                due=limit.at,
                to=opened.step.role,
            )


def remind_at(case: Case, opened: OpenStep) -> datetime | None:
    """When whoever acts is to be reminded; none where the term is short, or that was done."""
    limit = case.deadline(opened)
    if limit is None or opened.action.term is None or reminded(case, opened.action.code, limit.at):
        return None
    return reminder().at(opened.action.term, limit.at)


def reminded(case: Case, action: str, due: datetime) -> bool:
    """Whether it was told of this action for this due instant."""
    bodies = [f.body for f in case.facts.values()]
    return any(isinstance(b, ActionDueSoon) and (b.action, b.due) == (action, due) for b in bodies)
