"""From the own log over Kafka into another service's log, sustained; and with a reaction to each fact."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from shared.kernel.log import Log
from shared.transport.cluster import Cluster, create_topics
from tests.benchmarks.frame import Goal, Line, Report, Scale, note
from tests.benchmarks.kafka import broker, consumed, produced, topic
from tests.benchmarks.postgres import floor_table, server
from tests.benchmarks.seeds import Seed, public
from tests.benchmarks.serve import process
from tests.benchmarks.town import Town, town

HEADERS = 300
"""Bytes that a record has beside body and meta: what CloudEvents asks for."""
SIZE = "select avg(length(data) + length(meta))::int from events where subject is not null and origin is null"
COPIES = "select count(*) from events where origin = $1"
REACTED = "select count(*) from events where origin is null"
COPY = "copy facts from stdin"


@dataclass
class Way:
    """From one log to another. `last`: the number of the last case that was sown."""

    town: Town
    source: str
    reader: str
    seed: Seed
    answers: int
    """Own facts, private and public, that the reactions write about one case."""
    last: int = 0

    async def send(self, cases: int) -> float:
        """Facts in a second, from the commit of them all until the last is there and, where it is reacted to, done."""
        dsn = self.town.postgres.dsn(f"reglament_{self.source}")
        there, wrote, place = await self._there(), await self._wrote(), (await self.log.head()).position
        await self.seed.sow(dsn, self.last + 1, self.last + cases)
        begun, facts = time.perf_counter(), cases * len(self.seed.rows)
        self.last += cases
        while (await self.log.head()).position < place + facts + cases * self.answers:  # counting all would cost much
            await asyncio.sleep(0.05)
        while await self._there() < there + facts or await self._wrote() < wrote + cases * self.answers:
            await asyncio.sleep(0.1)
        return facts / (time.perf_counter() - begun)

    @property
    def log(self) -> Log:
        return self.town.log(self.reader)

    async def _there(self) -> int:
        return int(await self.log.pool.fetchval(COPIES, self.source))

    async def _wrote(self) -> int:
        return int(await self.log.pool.fetchval(REACTED)) if self.answers else 0


async def measure(scale: Scale) -> Report:
    copied = Line("copied", "facts/s", Goal(0.3, 0.6))
    reacted = Line("with a reaction each", "facts/s", Goal(0.15, 0.4))
    size, facts = await _one_way(scale, copied, "commission", "intake", cases=scale.count(5000, 500))
    await _one_way(scale, reacted, "intake", "notification", cases=scale.count(2000, 200), answers=2)
    return Report(
        "Own log → Kafka → another service's log",
        f"`ProducerPerformance --record-size {size} --throughput -1 acks=all`, then `ConsumerPerformance` of the same topic, "
        f"then `{COPY}` of as many rows of {size} bytes in one transaction; one after another, as records by all the seconds",
        "the relay of one process and the receiver of another at once, from the commit of all facts until the last is in "
        "the other log: headers and bodies checked, appended under the lock, offsets acknowledged afterwards. Copied: the "
        f"commission's {facts} facts of a case to intake. With a reaction: registration and admission to "
        "notification, which reads the case at each and tells the applicant of the admission by two facts of its own",
        [copied, reacted],
    )


async def _one_way(
    scale: Scale, line: Line, source: str, reader: str, *, cases: int, answers: int = 0
) -> tuple[int, int]:
    """On stores and a broker of its own: bytes of a record, and facts of a case."""
    with server() as postgres, broker() as kafka:
        await create_topics(Cluster(kafka.bootstrap))
        async with town(postgres) as at_work, floor_table(postgres) as dsn:
            application = await at_work.case()
            await at_work.quiet()
            seed = await public(at_work.log(source), application, owner=source)
            size = int(await at_work.log(source).pool.fetchval(SIZE)) + HEADERS
            way = Way(at_work, source, reader, seed, answers)
            async with _running(way, kafka.bootstrap):
                await way.send(100)
                for _ in range(scale.rounds):
                    floor = await _floor(kafka.bootstrap, dsn, size, scale.count(60_000, 6000))
                    note([line], {line.name: floor}, on_floor=True)
                    note([line], {line.name: await way.send(cases)}, on_floor=False)
            return size, len(seed.rows)


@asynccontextmanager
async def _running(way: Way, bootstrap: str) -> AsyncIterator[None]:
    home = str(way.town.postgres.home)
    reading = {"service": way.reader, "reacting": bool(way.answers)}
    async with (
        process("relaying", service=way.source, home=home, bootstrap=bootstrap),
        process("receiving", home=home, bootstrap=bootstrap, **reading),
    ):
        yield


async def _floor(bootstrap: str, dsn: str, size: int, records: int) -> float:
    name = f"floor-{time.monotonic_ns()}"
    await topic(bootstrap, name)
    sending = records / await produced(bootstrap, name, records, size)
    fetching = records / await consumed(bootstrap, name, records)
    return records / (sending + fetching + await _copied(dsn, size, records))


async def _copied(dsn: str, size: int, records: int) -> float:
    """Seconds."""
    rows = [(f"{time.monotonic_ns()}:{n}", 1, "x" * size) for n in range(records)]
    connection = await asyncpg.connect(dsn)
    begun = time.perf_counter()
    await connection.copy_records_to_table("facts", records=rows)
    took = time.perf_counter() - begun
    await connection.close()
    return took
