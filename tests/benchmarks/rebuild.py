"""The cabinet built anew from a million facts, against one SQL statement that groups them by case."""

import time
from collections.abc import Awaitable, Callable

import asyncpg

from deploy.postgres.embedded import EmbeddedPostgres
from services.notification.cabinet.views import CABINET
from shared.kernel.log import Log
from shared.kernel.vault import Vault
from shared.kernel.views import Projector
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import server
from tests.benchmarks.seeds import public
from tests.benchmarks.town import town

GROUPED = (
    "create table grouped as select subject, count(*)::int as version, max(tx) as tx, max(position) as position,"
    " jsonb_agg(data::jsonb order by stream, version) as state from events where subject is not null group by subject"
)


def _sides(
    postgres: EmbeddedPostgres, log: Log, vault: Vault, facts: int
) -> tuple[Callable[[], Awaitable[dict[str, float]]], Callable[[], Awaitable[dict[str, float]]]]:
    async def floor() -> dict[str, float]:
        connection = await asyncpg.connect(postgres.dsn("reglament_notification"), command_timeout=600)
        await connection.execute("drop table if exists grouped")
        await connection.execute("set transaction_timeout = 0")
        begun = time.perf_counter()
        await connection.execute(GROUPED)
        took = time.perf_counter() - begun
        await connection.close()
        return {"rebuild": facts / took}

    async def subject() -> dict[str, float]:
        begun = time.perf_counter()
        await Projector(CABINET, log, vault).rebuild()
        return {"rebuild": facts / (time.perf_counter() - begun)}

    return floor, subject


async def measure(scale: Scale) -> Report:
    wanted = scale.count(1_000_000, 20_000)
    line = Line("rebuild", "facts/s", Goal(0.2, 0.5))
    with server() as postgres:
        async with town(postgres) as at_work:
            application = await at_work.case()
            await at_work.quiet()
            log, vault = at_work.log("notification"), at_work.vaults["notification"]
            seed = await public(log, application)
            cases = wanted // len(seed.rows)
            await seed.sow(postgres.dsn("reglament_notification"), 1, cases)
            await seed.settle(postgres.dsn("reglament_notification"))
            facts = await log.pool.fetchval("select count(*) from events where subject is not null")
            await take_turns(1 if wanted > 500_000 else scale.rounds, [line], *_sides(postgres, log, vault, facts))
    return Report(
        f"Rebuild of the cabinet from {facts:,} facts",
        f"`{GROUPED}`",
        "`Projector(CABINET).rebuild()`: every fact read, its personal fields opened, its body validated, each case folded "
        "by its procedure into the whole state that the cabinet shows, and written beside the live table",
        [line],
        [f"{cases:,} cases of {len(seed.rows)} facts each, interleaved in the log."],
    )
