"""From a commit in intake to the cabinet's row and on to the frame in a WebSocket, over Kafka and four processes."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID, uuid4

import asyncpg
from websockets.asyncio.client import ClientConnection, connect

from reglament.keeping.home import Home
from services.intake.application import handlers as intake
from services.intake.application.commands import CorrectRegistration
from shared.identity.roles import Role
from shared.kernel.bells import ring_between_processes
from shared.kernel.work import UnitOfWork, Who
from shared.transport.cluster import Cluster, create_topics
from tests.benchmarks.frame import Goal, Line, Report, Scale, at, take_turns
from tests.benchmarks.kafka import broker, end_to_end, topic
from tests.benchmarks.postgres import INSERT, floor_table, server
from tests.benchmarks.seeds import case_number, registered
from tests.benchmarks.serve import process
from tests.benchmarks.steps import TODAY
from tests.benchmarks.town import PROVIDER, Town, token, town
from tests.support.waiting import beside

GAPS = 0.010, 0.030
SIZE = "select avg(length(data) + length(meta))::int from events where type = 'RegistrationCorrected'"
COPIED = "select count(*) from views.cabinet"


@dataclass
class Watched:
    """All applications of one account, watched by one socket that is read all the time, also while the floor is measured: who
    doesn't read is sent away. Each correction is of another application."""

    town: Town
    socket: ClientConnection
    cases: Iterator[int]
    versions: dict[str, int] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def reading(self) -> None:
        async for text in self.socket:
            frame = json.loads(text)
            if "version" in frame:
                self.versions[frame["application"]] = frame["version"]
                self.news.set()

    async def until(self, application: str, version: int) -> float:
        """When the frame of this version, or a newer one, has come. Raises TimeoutError."""
        async with asyncio.timeout(60):
            while self.versions.get(application, 0) < version:
                self.news.clear()
                await self.news.wait()
        return time.perf_counter()

    async def correct(self) -> float:
        """Milliseconds from the commit to the frame."""
        application, clerk = case_number(next(self.cases), "application"), self.town.caller("clerk")
        told_by = self.versions[application] + 1
        given = CorrectRegistration(reason="misspelt", phone=f"+7701{uuid4().int % 10**7:07d}")

        async def act(work: UnitOfWork) -> str:
            case = await intake.the_case(work, UUID(application))
            return await intake.correct_registration(work, clerk, case, given)

        await self.town.nodes["intake"].perform(act, Who(clerk.account, Role.CHANCELLERY, PROVIDER))
        committed = time.perf_counter()
        return 1000 * (await self.until(application, told_by) - committed)


async def measure(scale: Scale) -> Report:
    lines = [Line("p50", "ms", Goal(4, 2, fewer=True)), Line("p99", "ms", Goal(6, 3, fewer=True))]
    facts = scale.count(400, 40)
    with server() as postgres, broker() as kafka:
        await create_topics(Cluster(kafka.bootstrap))
        await topic(kafka.bootstrap, "floor", 1)
        async with AsyncExitStack() as stack, town(postgres) as at_work, floor_table(postgres) as dsn:
            watched = await _watched(stack, at_work, kafka.bootstrap, facts)
            size = int(await at_work.log("intake").pool.fetchval(SIZE))
            pool = await asyncpg.create_pool(dsn, min_size=1)

            async def floor() -> dict[str, float]:
                commits = [await _commit(pool, size) for _ in range(facts)]
                middle, late = await end_to_end(kafka.bootstrap, "floor", facts * 5, size)
                return {"p50": at(commits, 0.5) + middle, "p99": at(commits, 0.99) + late}

            async def subject() -> dict[str, float]:
                took = [await _after_a_while(watched) for _ in range(facts)]
                return {"p50": at(took, 0.5), "p99": at(took, 0.99)}

            await take_turns(scale.rounds, lines, floor, subject)
            await pool.close()
    return Report(
        "Commit → cabinet's row → WebSocket frame, over Kafka",
        f"one insert of {size} bytes by asyncpg, and Kafka's `EndToEndLatency --producer-acks all --record-size {size}`; "
        "their medians added, and their p99; the tool cuts percentiles to whole milliseconds, so its average stands for its "
        "p50",
        "a correction committed in intake, until its frame is in the hands of a reader: relay in intake's worker, receiver, "
        "view and reactions in notification's, socket in notification's API process; bells between the processes",
        lines,
        [f"{facts} corrections a round of as many applications, {GAPS[0] * 1000:g} to {GAPS[1] * 1000:g} ms apart."],
    )


async def _watched(stack: AsyncExitStack, at_work: Town, bootstrap: str, facts: int) -> Watched:
    application, postgres = await at_work.case(), at_work.postgres
    await at_work.quiet()
    at_work.hands.at = TODAY
    log, cases = at_work.log("intake"), max(facts, 50)
    account = (await log.stream(f"intake:{application}"))[0].data.split('"account":"')[1][:36]
    at_work.keys.keep(Home(postgres.home, demonstration=False))
    given = {"home": str(postgres.home)}
    for service in ("intake", "notification"):
        await stack.enter_async_context(process("worker", service=service, bootstrap=bootstrap, **given))
    api = await stack.enter_async_context(process("api", service="notification", **given))
    at_work.nodes["intake"].run({"bells": lambda: ring_between_processes(log)})
    await (await registered(log, application)).sow(postgres.dsn("reglament_intake"), 1, cases)
    log.ring()
    while await at_work.log("notification").pool.fetchval(COPIED) < cases + 1:
        await asyncio.sleep(0.1)
    socket = await stack.enter_async_context(connect(f"ws://127.0.0.1:{api}/api/cabinet/v1/live", compression=None))
    await socket.send(json.dumps({"token": token(at_work.keys.private_key, UUID(account), Role.APPLICANT)}))
    watched = Watched(at_work, socket, (n % cases + 1 for n in count()))
    await stack.enter_async_context(beside(watched.reading()))
    for number in range(1, cases + 1):
        await watched.until(case_number(number, "application"), 1)
    for _ in range(10):
        await watched.correct()
    return watched


async def _after_a_while(watched: Watched) -> float:
    await asyncio.sleep(random.uniform(*GAPS))
    return await watched.correct()


async def _commit(pool: "asyncpg.Pool[asyncpg.Record]", size: int) -> float:
    """Milliseconds of a bare durable insert, at the same distances."""
    await asyncio.sleep(random.uniform(*GAPS))
    begun = time.perf_counter()
    await pool.execute(INSERT, str(uuid4()), "x" * size)
    return 1000 * (time.perf_counter() - begun)
