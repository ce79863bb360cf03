"""The sheet of a body with a million organisations, from the read model's rows, against one SQL aggregate over them."""

import json
import time
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from services.scoring.evaluation.counting import counted, digest_of_facts, must_be_whole
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Figures
from services.scoring.organisation.standings import written
from services.scoring.organisation.views import ORGANISATIONS, digest
from services.scoring.sheet.compute import verdicts_of
from services.scoring.sheet.edition import Edition, edition_for
from services.scoring.sheet.facts import Facts
from shared.kernel.log import Log
from tests.benchmarks.frame import Goal, Line, Report, Scale, Side, take_turns
from tests.benchmarks.postgres import fresh_log, server
from tests.scoring.reference.bodies import PERIOD, bodies

PART = "state-enterprises"
SEED, BODIES, AT_ONCE = 47, 12_000, 50_000
SHEET, FIGURES, PEAK = "the sheet as it stands", "the figures to be signed", "peak memory above the process's own"
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
        await connection.execute(ORGANISATIONS.table.format(table="views.organisations", name="organisations"))
        await connection.execute("grant select on views.organisations to public")
        for first in range(1, wanted + 1, AT_ONCE):
            span = first, min(first + AT_ONCE - 1, wanted)
            await connection.execute(SOWN, evaluation, *span, standings, digests)
            await connection.execute(TOLD, evaluation, *span)
        await connection.execute("set transaction_timeout = 0")
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


def sides(log: Log, edition: Edition, evaluation: Evaluation, wanted: int) -> tuple[Side, Side]:
    async def floor() -> dict[str, float]:
        grouped, hashed = [await took(log.pool.fetch(sql, evaluation.evaluation)) for sql in (GROUPED, HASHED)]
        return {SHEET: wanted / grouped, FIGURES: wanted / (grouped + hashed)}

    async def subject() -> dict[str, float]:
        before = memory_from_now()
        shown = await took(counted(log.pool, edition, evaluation))
        signed = await took(figures(log, edition, evaluation))
        return {SHEET: wanted / shown, FIGURES: wanted / signed, PEAK: memory("VmHWM") - before}

    return floor, subject


async def figures(log: Log, edition: Edition, evaluation: Evaluation) -> Figures:
    """What the command `compute` writes."""
    await must_be_whole(log.pool, evaluation.evaluation)
    found = await counted(log.pool, edition, evaluation, shown=1)
    return found.figures(await digest_of_facts(log.pool, evaluation.evaluation))


async def took(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def memory_from_now() -> float:
    """What the process has; from here on its peak is counted anew."""
    PEAK_AGAIN.write_text("5")
    return memory("VmRSS")


def memory(what: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most since it was last set back."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


async def measure(scale: Scale) -> Report:
    wanted, edition = scale.count(1_000_000, 20_000), edition_for(PERIOD)
    kind, now, ways = edition.part(PART).kind, datetime.now(UTC), list(stood(edition))
    evaluation = Evaluation(uuid4(), uuid4(), "", PERIOD, PART, kind, edition.digest, now)
    lines = [Line(SHEET, "organisations/s", Goal(0.1, 0.5)), Line(FIGURES, "organisations/s"), Line(PEAK, "MB")]
    with server() as postgres:
        log = await fresh_log(postgres, "scoring")
        await sow(log, evaluation.evaluation, wanted, ways)
        assert (await counted(log.pool, edition, evaluation)).organisations == wanted
        await take_turns(scale.rounds, lines, *sides(log, edition, evaluation, wanted))
        await log.close()
    return Report(
        f"The sheet of {wanted:,} organisations",
        f"`{GROUPED}`; to be signed also `{HASHED}`",
        "`counted`: the read model's rows to the sheet, its reasons in three languages and the first hundred organisations that "
        "decided each row. To be signed also: no reported fact is behind, and one digest over those of all organisations' facts",
        lines,
        [
            f"{len({standings for standings, _ in ways}):,} different ways to stand in the {len(edition.rows(PART))} rows of "
            f"{PART}, folded from random facts."
        ],
    )
