"""Read models equal to what their facts say now: live rows beside a fresh fold, subject by subject."""

import asyncio
from collections.abc import Sequence

from shared.kernel.checks.difference import Difference
from shared.kernel.checks.reading import caught_up
from shared.kernel.views import Projector

SHOWN = "select distinct subject from views.{view} where subject > $1 and ($2::text is null or subject <= $2)"
DIFFERING = """with fold as (select subject, to_jsonb(n) as row from jsonb_populate_recordset(null::views.{view}, $1::jsonb) n),
  live as (select subject, to_jsonb(l) as row from views.{view} l where subject = any($2::text[]))
select distinct subject from (
  (select * from fold except all select * from live) union all (select * from live except all select * from fold)
) differing"""
ROUNDS, PAUSE = 5, 0.2


async def folds(projector: Projector, after: str, limit: int) -> tuple[list[Difference], str | None]:
    """What differs among the next subjects, and where to go on; None at the end."""
    pool, view = projector.log.pool, projector.view.name
    known = await projector.subjects(after, limit)
    last = known[-1] if len(known) == limit else None
    shown = {r["subject"] for r in await pool.fetch(SHOWN.format(view=view), after, last)}
    wrong = await _differing(projector, sorted(shown.union(known)))
    for _ in range(ROUNDS):
        if not wrong:
            break
        await asyncio.sleep(PAUSE)  # what was being caught up is no difference
        if not await caught_up(projector.log, view, projector.view.where):
            return [Difference("view", view, "it is behind its log")], None
        wrong = await _differing(projector, sorted(wrong))
    return [Difference("view", f"{view}/{subject}", what) for subject, what in sorted(wrong.items())], last


async def _differing(projector: Projector, subjects: Sequence[str]) -> dict[str, str]:
    """By subject, what is wrong. One that waits for a fact keeps what it had."""
    texts, holds = await projector.folded(subjects)
    query = DIFFERING.format(view=projector.view.name)
    found = await projector.log.pool.fetch(query, f"[{','.join(texts)}]", list(subjects))
    failed = {h.subject: f"it can't be folded: {h.error}" for h in holds if h.error}
    kept = {h.subject for h in holds}
    return {r["subject"]: "it isn't what its facts say" for r in found if r["subject"] not in kept} | failed
