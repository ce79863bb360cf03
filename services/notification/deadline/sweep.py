"""The sweep: every second, escalate what is overdue, while no source lags."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.notification.deadline.domain import to_escalate
from services.notification.deadline.rules import rules
from shared.contracts.topics import READERS
from shared.kernel.follow import TROUBLE
from shared.kernel.log import Conflict
from shared.kernel.node import Node
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
    """The loop of the node."""
    while True:
        await sweep_once(node)
        await asyncio.sleep(PERIOD)


async def sweep_once(node: Node) -> int:
    """Escalate what is overdue now, unless a source may hold a timely act; returns how many facts were written."""
    if not await caught_up(node, rules().grace):
        return 0
    before, written = await node.clock.now() - rules().grace, 0
    last = BEGINNING, ""
    while rows := await node.log.pool.fetch(OVERDUE, before, *last):
        for row in rows:
            with span("escalate"):
                written += await escalate(node, row["subject"])
        last = rows[-1]["due"], rows[-1]["subject"]
    return written


async def caught_up(node: Node, grace: timedelta) -> bool:
    """Whether everything that other services recorded until `grace` ago (system time) has come."""
    sources = [source for source, readers in READERS.items() if node.service.name in readers]
    seen = await node.log.pool.fetchval(CAUGHT_UP, sources, datetime.now(UTC) - grace)
    return bool(seen == len(sources))


async def escalate(node: Node, application: str) -> int:
    """Escalate one case by its facts, so that a second sweep changes nothing. A case that fails is left to the log."""
    work = await node.work()
    try:
        case = await case_of(work, application)
        for fact in to_escalate(case, work.now, rules()):
            work.record(application, fact)
        await work.commit()
    except Conflict:
        return 0  # somebody wrote about the case: the next sweep looks again
    except TROUBLE:
        raise
    except Exception as error:
        log_failure("escalation-failed", error, application=application)
        return 0
    return len(work.rows)
