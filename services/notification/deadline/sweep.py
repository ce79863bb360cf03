"""The sweep: every second, escalate what is overdue, while no source lags."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.notification.deadline.domain import to_escalate
from services.notification.deadline.rules import rules
from services.notification.queues.views import QUEUE
from shared.contracts.topics import READERS
from shared.kernel.follow import TROUBLE, stands
from shared.kernel.log import OWN_PUBLIC, START, Conflict, Place
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of
from shared.telemetry.log import log_failure
from shared.telemetry.spans import span

PERIOD = 1.0
OVERDUE = (
    "select distinct on (due, subject) due, subject from views.queue"
    " where not escalated and due < $1 and (due, subject) > ($2, $3) order by due, subject limit 200"
)
CAUGHT_UP = "select count(*) from watermarks where source = any($1::text[]) and at > $2"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


async def sweep(node: Node) -> None:
    """The loop of the node. It waits for the queue to show what the last round told, so as to look at nothing twice."""
    told: Place | None = None
    while True:
        if told is None or await _shown(node, told):
            told = await node.log.head(OWN_PUBLIC) if await sweep_once(node) else None
        await asyncio.sleep(PERIOD)


async def _shown(node: Node, told: Place) -> bool:
    return (await stands(node.log, QUEUE.name) or START) >= told


async def sweep_once(node: Node) -> int:
    """Escalate what is overdue now, unless a source may hold a timely act; returns how many facts were written."""
    if not await caught_up(node, rules().grace):
        return 0
    before, written = await node.clock.now() - rules().grace, 0
    last = BEGINNING, ""
    while rows := await node.log.pool.fetch(OVERDUE, before, *last):
        with span("escalate"):
            written += await escalate(node, sorted({row["subject"] for row in rows}))
        last = rows[-1]["due"], rows[-1]["subject"]
    return written


async def caught_up(node: Node, grace: timedelta) -> bool:
    """Whether everything that other services recorded until `grace` ago (system time) has come."""
    sources = [source for source, readers in READERS.items() if node.service.name in readers]
    seen = await node.log.pool.fetchval(CAUGHT_UP, sources, datetime.now(UTC) - grace)
    return bool(seen == len(sources))


async def escalate(node: Node, applications: Sequence[str]) -> int:
    """Escalate these cases by their facts, all in one commit, so that a second sweep changes nothing; returns how many
    facts were written. Where they can't be written together each is looked at alone: one that somebody wrote about
    meanwhile is left to the next sweep, one that fails to the log."""
    try:
        return await _escalate_all(node, applications)
    except TROUBLE:
        raise
    except Exception as error:
        if len(applications) > 1:
            return sum([await escalate(node, [one]) for one in applications])
        if not isinstance(error, Conflict):
            log_failure("escalation-failed", error, application=applications[0])
        return 0


async def _escalate_all(node: Node, applications: Sequence[str]) -> int:
    work = await node.work()
    await work.expect(applications)
    for application in applications:
        await _escalate(work, application)
    await work.commit()
    return len(work.rows)


async def _escalate(work: UnitOfWork, application: str) -> None:
    """One that can't be read or decided hinders no other."""
    try:
        case = await case_of(work, application)
        found = list(to_escalate(case, work.now, rules()))
    except TROUBLE:
        raise
    except Exception as error:
        log_failure("escalation-failed", error, application=application)
        return
    for fact in found:
        work.record(application, fact)
