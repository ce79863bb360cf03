"""A million armed deadlines, a tenth of them due at once: escalated by workers of which one is killed half-way."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from pydantic_core import to_json

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database
from services.notification.cabinet.views import prepare
from services.notification.deadline.rules import rules
from services.notification.deadline.sweep import sweep_once
from services.notification.queues.views import fold
from shared.kernel.log import Log, Row
from shared.kernel.node import Node
from tests.benchmarks.frame import Goal, Line, Report, Scale
from tests.benchmarks.postgres import server
from tests.benchmarks.seeds import Seed, case_number, public, uuid_of
from tests.benchmarks.serve import process
from tests.benchmarks.town import Town, town

# The seed's check is due on Wednesday 27 November 2019, 18:30; that of the others, registered a day later, on Thursday.
DAY, LATER = "2019-11-25T", "2019-11-26T"
ARM = (
    "insert into views.queue select (jsonb_populate_record(null::views.queue,"
    f" $3::jsonb || jsonb_build_object('subject', {uuid_of('application')}::text))).* from generate_series($1::int, $2::int) g"
)
TELL_ALL = (
    "insert into watermarks(source, at) select unnest(array['intake', 'expertise', 'commission']), 'infinity'"
    " on conflict (source) do update set at = excluded.at"
)
CURSOR = "update cursors set tx = $1, position = $2 where name = 'queue'"
TOLD = "select count(*) from events where type = 'ActionEscalated'"
OUTCOME = (
    "select count(*) as told, count(distinct subject) as cases, count(*) filter (where"
    " (data::jsonb ->> 'happened_at')::timestamptz <= (data::jsonb ->> 'due')::timestamptz + $1::interval"
    " or (data::jsonb ->> 'due')::timestamptz <> $2) as early from events where type = 'ActionEscalated'"
)
OVER = datetime.fromisoformat("2019-11-27T18:30:00+06:00")
LOOKS = 5


@dataclass
class Armed:
    """Notification's store with so many deadlines armed, of which `due` are over first."""

    postgres: EmbeddedPostgres
    at_work: Town
    total: int
    due: int

    @property
    def node(self) -> Node:
        return self.at_work.nodes["notification"]

    @property
    def log(self) -> Log:
        return self.node.log

    @classmethod
    async def of(cls, postgres: EmbeddedPostgres, at_work: Town, total: int, due: int) -> "Armed":
        application = await at_work.case()
        await at_work.quiet()
        armed = cls(postgres, at_work, total, due)
        seed = await public(armed.log, application, "ApplicationRegistered", owner="intake")
        dsn = postgres.dsn(database("notification"))
        await seed.sow(dsn, 1, due)
        await Seed(seed.rows, {**seed.other, DAY: f"'{LATER}'"}).sow(dsn, due + 1, total)
        await armed._fill_queue(dsn)
        await seed.settle(dsn)
        return armed

    async def _fill_queue(self, dsn: str) -> None:
        """What the view would show of each, written by SQL from one that the view has folded."""
        connection = await asyncpg.connect(dsn, command_timeout=1800)
        try:
            await connection.execute("set transaction_timeout = 0")
            await connection.execute("delete from views.queue")
            for first, last in ((1, self.due), (self.due + 1, self.total)):
                await connection.execute(ARM, first, last, await self._shown(first))
            await connection.execute(CURSOR, *await self.log.head())
            await connection.execute(TELL_ALL)
        finally:
            await connection.close()

    async def _shown(self, case: int) -> str:
        subject = case_number(case, "application")
        rows: Sequence[Row] = await self.log.subjects([subject])
        [row] = fold(subject, list(rows), await prepare(self.log, self.node.vault, rows))
        return to_json(row, fallback=str).decode()

    async def looked(self, at: datetime) -> list[float]:
        """Milliseconds of each look by legal time `at`, when nothing is to be told."""
        self.at_work.hands.at = at
        took = []
        for _ in range(LOOKS):
            begun = time.perf_counter()
            assert await sweep_once(self.node) == 0
            took.append(1000 * (time.perf_counter() - begun))
        return took

    async def swept(self, at: datetime) -> float:
        """Seconds until all that is over by legal time `at` is told. The worker is killed when half of it is."""
        begun = time.perf_counter()
        for until in (self.due // 2, self.due):
            async with process("sweeping", home=str(self.postgres.home), at=at.isoformat()):
                while await self._told() < until:
                    await asyncio.sleep(0.05)
                took = time.perf_counter() - begun
                if until == self.due:
                    await asyncio.sleep(5)  # whatever else it would tell
        return took

    async def wrong(self) -> dict[str, int]:
        """How many were told early, not at all, or more than once."""
        [(told, cases, early)] = await self.log.pool.fetch(OUTCOME, rules().grace, OVER)
        return {"early": early, "missed": self.due - cases, "doubled": told - cases}

    async def _told(self) -> int:
        return int(await self.log.pool.fetchval(TOLD))


async def measure(scale: Scale) -> Report:
    total, due = scale.count(1_000_000, 10_000), scale.count(100_000, 1_000)
    look, rate = Line("a look while nothing is over", "ms"), Line("told, with a crash half-way", "deadlines/s")
    wrongs = {what: Line(what, "deadlines", Goal(0, 0, fewer=True)) for what in ("early", "missed", "doubled")}
    grace = OVER + rules().grace
    with server() as postgres:
        async with town(postgres) as at_work:
            armed = await Armed.of(postgres, at_work, total, due)
            look.subject += await armed.looked(grace)
            rate.subject.append(due / await armed.swept(grace + timedelta(seconds=1)))
            for what, count in (await armed.wrong()).items():
                wrongs[what].subject.append(count)
    return Report(
        f"The sweep of {total:,} armed deadlines, {due:,} of them due at once",
        "",
        "`sweep` and the view `queue` of notification's worker, each case read and folded from its facts and escalated by a "
        "fact, 200 cases a commit; the worker is killed by SIGKILL when half of them are told, and another one started",
        [look, rate, *wrongs.values()],
        ["Reactions, the cabinet and the mail don't run: they have the same facts to take as from any other command."],
    )
