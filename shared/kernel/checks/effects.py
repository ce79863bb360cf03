"""Every reaction's effect there once: none written twice, none that is still to be written."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import asyncpg

from shared.kernel import held
from shared.kernel.checks.difference import LONGEST, Difference
from shared.kernel.checks.reading import caught_up
from shared.kernel.follow import TROUBLE, Waiting, stands
from shared.kernel.log import AS_IT_LIES, START, Log, Row
from shared.kernel.node import Node
from shared.kernel.views import SUBJECTS
from shared.kernel.work import UnitOfWork

# A reaction writes all that it writes in one transaction.
DOUBLED = """select cause, count(distinct tx) as times from (
    select tx, meta::jsonb ->> 'cause' as cause from events where origin is null and meta like '%"cause"%'
  ) written group by cause having count(distinct tx) > 1 order by cause limit 1000"""
UNHURRIED = "set local transaction_timeout = 0"
ROUNDS, PAUSE = 3, 0.5


async def doubled(log: Log) -> list[Difference]:
    """The facts that were reacted to more than once.

    A restored log has forgotten which facts were written in one transaction: of what is older, nothing is found.
    """
    async with log.pool.acquire() as connection, connection.transaction():
        await connection.execute(UNHURRIED)
        await connection.execute(AS_IT_LIES)
        rows = await connection.fetch(DOUBLED, timeout=LONGEST)
    return [Difference("effect", r["cause"], f"it was reacted to {r['times']} times") for r in rows]


async def undone(node: Node, after: str, limit: int) -> tuple[list[Difference], str | None]:
    """What reactions to the next subjects' facts have still to write, and where to go on; None at the end.

    A reaction that is asked again, on a store that takes nothing, has nothing to do once its effect is there.
    """
    reactor = node.reactor.name
    subjects = [r["subject"] for r in await node.log.pool.fetch(SUBJECTS, after, limit)] if node.reactions else []
    last = subjects[-1] if len(subjects) == limit else None
    if subjects and not await caught_up(node.log, reactor):
        return [Difference("effect", reactor, "it is behind its log")], None
    waiting = {h.subject for h in await held.listed(node.log, everything=True) if h.reader == reactor}
    async with _taking_nothing(node) as log:
        found = await _to_do(node, log, [s for s in subjects if s not in waiting])
        for _ in range(ROUNDS):
            if found:
                await asyncio.sleep(PAUSE)  # it may be about to happen
                found = await _to_do(node, log, sorted(found))
    return [*await _parked(node, subjects), *(d for wrong in found.values() for d in wrong)], last


async def _parked(node: Node, subjects: Sequence[str]) -> list[Difference]:
    mine = [h for h in await held.listed(node.log) if h.reader == node.reactor.name and h.subject in set(subjects)]
    return [Difference("effect", str(h.fact), f"its reaction is parked: {h.error}") for h in mine]


async def _to_do(node: Node, log: Log, subjects: Iterable[str]) -> dict[str, list[Difference]]:
    asked = {subject: await _asked_again(node, log, subject) for subject in subjects}
    return {subject: wrong for subject, wrong in asked.items() if wrong}


async def _asked_again(node: Node, log: Log, subject: str) -> list[Difference]:
    """Each reaction with the last fact that it takes: what it does depends on the case as it stands."""
    rows = sorted(await log.subjects([subject]), key=lambda r: r.place)
    if rows and rows[-1].place > (await stands(log, node.reactor.name) or START):
        return []
    last = {node.reactions[row.type]: row for row in rows if row.type in node.reactions}
    found = [(row, await _left_by(node, log, row)) for row in last.values()]
    return [Difference("effect", str(row.id), f"{row.type}: {what}") for row, what in found if what]


async def _left_by(node: Node, log: Log, row: Row) -> str:
    work = UnitOfWork(log, node.service, node.vault, await node.clock.now(), cause=row.id)
    try:
        await node.reactions[row.type](work, row)
    except TROUBLE:
        raise
    except Waiting:
        return ""
    except asyncpg.ReadOnlySQLTransactionError:
        return ""  # it deletes bytes, and can't be asked without doing so
    except Exception as error:
        return f"its reaction fails: {held.why(error)}"
    return f"its reaction has still to write {', '.join(r.type for r in work.rows)}" if work.rows else ""


@asynccontextmanager
async def _taking_nothing(node: Node) -> AsyncIterator[Log]:
    """The service's log over connections that can't write."""
    separator = "&" if "?" in node.log.dsn else "?"
    log = await Log(node.log.service, f"{node.log.dsn}{separator}default_transaction_read_only=on", size=2).open()
    try:
        yield log
    finally:
        await log.close()
