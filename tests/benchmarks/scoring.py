"""The sheet of a body with a million organisations, from the read model's rows, against one SQL aggregate over them."""

import gc
import json
import time
from collections.abc import Awaitable, Iterator, Mapping
from ctypes import CDLL
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import asyncpg

from services.scoring.evaluation.counting import Counted, at_once, counted, digest_of_facts, must_be_whole
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Figures
from services.scoring.evaluation.handlers import NAMED
from services.scoring.organisation.standings import written
from services.scoring.organisation.views import ORGANISATIONS, digest
from services.scoring.sheet.compute import verdicts_of
from services.scoring.sheet.edition import Edition, edition_for
from services.scoring.sheet.facts import Facts
from shared.kernel.log import Log
from tests.benchmarks.frame import Goal, Line, Report, Scale, Side, take_turns
from tests.benchmarks.postgres import fresh_log, server
from tests.scoring.bodies import PERIOD
from tests.scoring.reference.bodies import bodies

PART = "state-enterprises"
SEED, BODIES, AT_ONCE = 47, 12_000, 50_000
SHEET, FIGURES = "the sheet as it stands", "the figures to be signed"
SELDOM, APART = "the sheet, one in 10,000 decides", "the sheet, each stands in its own way"
PEAK = "peak memory above the process's own: "
PEAK_AGAIN, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
GROUPED = (
    "select count(*), sum(n) from (select standings, count(*) as n from views.organisations"
    " where evaluation = $1 and left_out is null group by standings) g"
)
HASHED = (
    "select sha256(convert_to(string_agg(digest, '' order by bin), 'UTF8')) from views.organisations"
    " where evaluation = $1 and left_out is null"
)
SOWN = """insert into views.organisations(subject, evaluation, bin, name, region, version, facts, digest, standings)
  select 'organisation:' || $1::uuid || ':' || lpad(g::text, 12, '0'), $1, lpad(g::text, 12, '0'), 'Ұйым ' || g, 'KZ-10', 2, 12,
    encode(sha256(convert_to(s.digest || g, 'UTF8')), 'hex'), s.standings
  from generate_series($2::int, $3::int) g
    join unnest($4::text[], $5::text[]) with ordinality s(standings, digest, n) on s.n = 1 + g % cardinality($4::text[])"""
TOLD = """insert into events(id, stream, version, type, data, meta, at)
  select gen_random_uuid(), 'organisation:' || $1::uuid || ':' || lpad(g::text, 12, '0'), v, 'organisation.enrolled', '{}', '{}',
    now() from generate_series($2::int, $3::int) g, generate_series(1, 2) v"""


def stood(edition: Edition) -> Iterator[tuple[str, str]]:
    """How random organisations stand of which every fact is there, and the digests of these facts."""
    for part, body in bodies(SEED, BODIES):
        facts = Facts.model_validate_json(json.dumps(body))
        found = verdicts_of(edition, PART, facts) if part == PART else {}
        for organisation in facts.organisations:
            verdicts = [row[organisation.bin] for row in found.values() if organisation.bin in row]
            if verdicts and not any(verdict.lacks for verdict in verdicts):
                yield written(verdicts), digest(organisation)


async def sow(log: Log, evaluation: UUID, wanted: int, ways: list[tuple[str, str]]) -> None:
    """So many rows of the read model, and of the log what it compares them with: streams and versions, no facts."""
    standings, digests = [w[0] for w in ways], [w[1] for w in ways]
    connection = await asyncpg.connect(log.dsn, user="postgres", command_timeout=1800)
    try:
        for first in range(1, wanted + 1, AT_ONCE):
            span = first, min(first + AT_ONCE - 1, wanted)
            await connection.execute(SOWN, evaluation, *span, standings, digests)
            await connection.execute(TOLD, evaluation, *span)
        await connection.execute("set transaction_timeout = 0")
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


def sides(log: Log, edition: Edition, bodies: Mapping[str, tuple[Evaluation, int]]) -> tuple[Side, Side]:
    whole, wanted = bodies[SHEET]

    async def floor() -> dict[str, float]:
        grouped = {name: await took(log.pool.fetch(GROUPED, e.evaluation)) for name, (e, _) in bodies.items()}
        hashed = await took(log.pool.fetch(HASHED, whole.evaluation))
        rates = {name: count / grouped[name] for name, (_, count) in bodies.items()}
        return {**rates, FIGURES: wanted / (grouped[SHEET] + hashed)}

    async def subject() -> dict[str, float]:
        rates: dict[str, float] = {}
        for name, (evaluation, count) in bodies.items():
            before = memory_from_now()
            rates[name] = count / await took(sheet(log, edition, evaluation))
            rates[PEAK + name] = memory("VmHWM") - before
        before = memory_from_now()
        rates[FIGURES] = wanted / await took(figures(log, edition, whole))
        return {**rates, PEAK + FIGURES: memory("VmHWM") - before}

    return floor, subject


async def sheet(log: Log, edition: Edition, evaluation: Evaluation) -> Counted:
    """What is counted for whoever looks at it."""
    async with at_once(log.pool) as there:
        return await counted(there, edition, evaluation)


async def figures(log: Log, edition: Edition, evaluation: Evaluation) -> Figures:
    """What the command `compute` writes."""
    async with at_once(log.pool) as there:
        await must_be_whole(there, evaluation.evaluation)
        found = await counted(there, edition, evaluation, NAMED)
        return found.figures(await digest_of_facts(there, evaluation.evaluation))


async def took(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def memory_from_now() -> float:
    """What the process has, once it has given back what it doesn't use; from here on its peak is counted anew."""
    gc.collect()
    CDLL(None).malloc_trim(0)
    PEAK_AGAIN.write_text("5")
    return memory("VmRSS")


def memory(what: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most since it was last set back."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def seldom() -> list[tuple[str, str]]:
    """One of ten thousand fails, in every row."""
    kept = "+" + "+." + "+.." * 10
    return [*[(kept, "0" * 64)] * 9_999, ("-" + "+." + "-.." * 10, "0" * 64)]


def apart(count: int) -> list[tuple[str, str]]:
    """Hardly two stand alike: every row, and whether by an assumption, at random."""
    chance = Random(SEED)

    def way() -> str:
        return "".join(
            chance.choice("+-o") + ("." if row else chance.choice("+-o")) + chance.choice("a.") for row in range(11)
        )

    return [(way(), "0" * 64) for _ in range(count)]


async def measure(scale: Scale) -> Report:
    wanted, fewer, edition = scale.count(1_000_000, 20_000), scale.count(200_000, 20_000), edition_for(PERIOD)
    ways = list(stood(edition))
    sown = {SHEET: (wanted, ways), SELDOM: (fewer, seldom()), APART: (fewer, apart(fewer))}
    lines = [Line(name, "organisations/s", Goal(0.1, 0.5) if name == SHEET else Goal()) for name in (*sown, FIGURES)]
    lines += [Line(PEAK + name, "MB") for name in (*sown, FIGURES)]
    with server() as postgres:
        log = await fresh_log(postgres, "scoring")
        await log.pool.execute(ORGANISATIONS.table.format(table="views.organisations", name="organisations"))
        bodies = {name: (opened(edition), count) for name, (count, _) in sown.items()}
        for name, (evaluation, count) in bodies.items():
            await sow(log, evaluation.evaluation, count, sown[name][1])
            assert (await sheet(log, edition, evaluation)).organisations == count
        await take_turns(scale.rounds, lines, *sides(log, edition, bodies))
        await log.close()
    return Report(
        f"The sheet of {wanted:,} organisations",
        f"`{GROUPED}`; to be signed also `{HASHED}`",
        "`counted`: the read model's rows to the sheet, its reasons in three languages and the first hundred organisations that "
        "decided each row. To be signed also: the first thousand, no reported fact is behind, and one digest over those of all "
        "organisations' facts",
        lines,
        [
            f"{len({standings for standings, _ in ways}):,} different ways to stand in the {len(edition.rows(PART))} rows of "
            f"{PART}, folded from random facts. The two extremes are bodies of {fewer:,} organisations.",
        ],
    )


def opened(edition: Edition) -> Evaluation:
    kind = edition.part(PART).kind
    return Evaluation(uuid4(), uuid4(), "", PERIOD, PART, kind, edition.digest, datetime.now(UTC))
