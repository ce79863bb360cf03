"""Five times as much as a process bears, in callers or in requests: how much of its best it still does, and what becomes of
the rest."""

import asyncio
import os
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from reglament.keeping.home import Home
from shared.identity.roles import Role
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.http import post
from tests.benchmarks.postgres import server
from tests.benchmarks.seeds import case_number, registered
from tests.benchmarks.serve import process
from tests.benchmarks.town import token, town

TIMES, BEST_AT, CONNECTIONS = 5, 64, 2000
DONE, TURNED_AWAY = 200, 503
ADMITTED = "select count(*) from events where type = 'ApplicationAdmitted' and origin is null and subject = any($1)"


@dataclass
class Load:
    """An executor who admits cases; one that was turned away is asked again later. `acknowledged`: the cases admitted."""

    port: int
    bearer: str
    cases: deque[UUID]
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    async def asked_by(self, callers: int, amount: int) -> float:
        """Admissions done in a second, each caller's one after another, whatever is answered."""
        return await self._ask(callers, amount, rate=None)

    async def offered(self, rate: float, seconds: float) -> float:
        """Admissions done in a second while so many a second are asked for, whatever is answered."""
        return await self._ask(CONNECTIONS, int(rate * seconds), rate)

    async def _ask(self, connections: int, amount: int, rate: float | None) -> float:
        async with AsyncExitStack() as open_:
            ways = [await open_.enter_async_context(self._connected()) for _ in range(connections)]
            turns, begun, done = iter(range(amount)), time.perf_counter(), self.answers[DONE]

            async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                for turn in turns:
                    if rate:
                        await asyncio.sleep(max(0.0, begun + turn / rate - time.perf_counter()))
                    await self._admit(reader, writer)

            await asyncio.gather(*(client(*way) for way in ways))
            return (self.answers[DONE] - done) / (time.perf_counter() - begun)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        yield reader, writer
        writer.close()

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        case = self.cases.popleft()
        path = f"/api/intake/v1/applications/{case}/admission"
        writer.write(post(path, {}, f"Authorization: Bearer {self.bearer}", f"Idempotency-Key: {uuid4()}"))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        status = int(head.split()[1])
        self.answers[status] += 1
        if status == DONE:
            self.acknowledged.append(str(case))
        elif status == TURNED_AWAY and b"\r\nretry-after: " in head:
            self.cases.append(case)
        else:
            raise RuntimeError(head.decode())


async def measure(scale: Scale) -> Report:
    callers, requests = (
        Line(f"{TIMES} times the {what}", "requests/s", Goal(0.8, 0.9)) for what in ("callers", "requests")
    )
    amount, seconds, rates = scale.count(1500, 150), scale.of(5, 3), list[float]()
    with server() as postgres:
        async with town(postgres) as at_work:
            application = await at_work.case()
            await at_work.quiet()
            bearer = token(at_work.keys.private_key, UUID(at_work.stage.accounts["executor"]), Role.EXECUTOR)
            seed, sown = await registered(at_work.log("intake"), application), scale.count(60_000, 10_000)
            await seed.sow(postgres.dsn("reglament_intake"), 1, sown)
            await seed.settle(postgres.dsn("reglament_intake"))
            at_work.keys.keep(home := Home(postgres.home, demonstration=False))
            async with process("api", service="intake", home=str(home.path)) as port:
                cases = deque(UUID(case_number(n, "application")) for n in range(1, sown + 1))
                load = Load(port, bearer, cases)
                await load.asked_by(BEST_AT, amount)
                before = _resident()

                async def best() -> dict[str, float]:
                    rates.append(await load.asked_by(BEST_AT, amount))
                    return {callers.name: rates[-1], requests.name: rates[-1]}

                async def under_load() -> dict[str, float]:
                    crowd = await load.asked_by(TIMES * BEST_AT, amount)
                    rate = TIMES * (sum(rates) / len(rates) if rates else crowd)
                    return {callers.name: crowd, requests.name: await load.offered(rate, seconds)}

                await take_turns(scale.rounds, [callers, requests], best, under_load)
                after = _resident()
            kept = await at_work.log("intake").pool.fetchval(ADMITTED, load.acknowledged)
    if kept != len(load.acknowledged):
        raise RuntimeError(f"{len(load.acknowledged) - kept} acknowledged admissions are lost")
    return Report(
        "Overload: five times what it bears",
        f"the same admissions at its best: {BEST_AT} connections, each one request after another",
        f"the same over {TIMES * BEST_AT} connections, each one request after another; and admissions asked for at {TIMES} "
        f"times the floor's rate over {CONNECTIONS} connections, whatever is answered",
        [callers, requests],
        [
            f"In all {load.answers[DONE]:,} were done, {load.answers[TURNED_AWAY]:,} turned away with 503 and Retry-After; "
            f"all {kept:,} acknowledged are in the log.",
            f"Resident memory of the process: {before:.0f} MB at its best, {after:.0f} MB after all overload.",
        ],
    )


def _resident() -> float:
    """Of the process under load, in megabytes."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    (api,) = [c for c in children if b"tests.benchmarks.serve" in Path(f"/proc/{c}/cmdline").read_bytes()]
    pages = int(Path(f"/proc/{api}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6
