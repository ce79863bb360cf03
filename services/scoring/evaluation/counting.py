"""The sheet of an evaluation as the organisations' standings count up to it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Figures, Scored
from services.scoring.evaluation.refusals import FactsMissing
from services.scoring.organisation import standings
from services.scoring.organisation.standings import WIDTH
from services.scoring.refusals import ViewBehind
from services.scoring.sheet.compute import sheet_of
from services.scoring.sheet.edition import Edition, Row
from services.scoring.sheet.result import Sheet, SheetRow
from services.scoring.sheet.rules import asks_of_last_year, outcome
from services.scoring.sheet.tally import Lack, Outcome, Tally

COUNTS = (
    "select standings, count(*) as organisations from views.organisations"
    " where evaluation = $1 and left_out is null group by standings"
)
DECIDING = (
    "select bin from views.organisations where evaluation = $1 and left_out is null"
    " and substr(standings, $2, 2) = any($3::text[]) order by bin limit $4"
)
LACKING = (
    "select bin, lacks from views.organisations"
    " where evaluation = $1 and left_out is null and lacks is not null order by bin limit $2"
)
BEHIND = """select count(*) from (
    select stream, max(version) as head from events where stream > $1 and stream < $2 group by stream
  ) told left join views.organisations o on o.subject = told.stream where o.version is distinct from told.head"""
DIGESTS = "select digest from views.organisations where evaluation = $1 and left_out is null order by bin"
PAGE = 5000
SHOWN = 100
"""How many organisations a sheet names with each row; all of them are listed in pages."""


@dataclass(frozen=True)
class Counted:
    """A sheet, by how many organisations each row was decided, and how many there are."""

    sheet: Sheet
    decided: dict[str, int]
    organisations: int
    lacking: dict[str, int]

    def figures(self, facts: str) -> Figures:
        """What is kept and signed. Raises FactsMissing: nothing is scored in silence."""
        lacking = {number: n for number, n in self.lacking.items() if n}
        if self.sheet.total is None:
            raise FactsMissing(rows=sorted(lacking), facts=sum(lacking.values()))
        rows = tuple(_scored(row, self.decided[row.number]) for row in self.sheet.rows)
        return Figures(
            rows=rows, total=self.sheet.total, max=self.sheet.max, organisations=self.organisations, facts=facts
        )


def _scored(row: SheetRow, organisations: int) -> Scored:
    return Scored(
        number=row.number,
        criterion=row.criterion,
        outcome=row.outcome,
        points=row.points,
        max=row.max,
        paragraph=row.paragraph,
        because=row.because,
        organisations=organisations,
        assumed=row.assumed,
    )


async def counted(pool: Any, edition: Edition, evaluation: Evaluation, shown: int = SHOWN) -> Counted:
    """The sheet as it stands; rows name the first organisations that decided them."""
    rows, found = edition.rows(evaluation.part), await tallies(pool, edition, evaluation)
    came = {row.number: outcome(row, found[row.number]) for row in rows}
    named: dict[str, list[str]] = {}
    decided: dict[str, int] = {}
    for place, row in enumerate(rows):
        signs, decided[row.number] = _deciding(came[row.number], found[row.number])
        bins = await pool.fetch(DECIDING, evaluation.evaluation, WIDTH * place + 1, signs, shown) if signs else []
        named[row.number] = [r["bin"] for r in bins]
    lacks = await _lacks(pool, evaluation.evaluation, shown) if None in came.values() else {}

    def deciding(row: Row, _: Outcome) -> list[str]:
        return named[row.number]

    def lacking(row: Row) -> Iterator[tuple[str, Lack]]:
        return iter(lacks.get(row.number, ()))

    sheet = sheet_of(edition, evaluation.part, evaluation.period, found, deciding, lacking)
    everyone = next(iter(found.values())).organisations
    return Counted(sheet, decided, everyone, _waiting(came, found))


async def tallies(pool: Any, edition: Edition, evaluation: Evaluation) -> dict[str, Tally]:
    """How many organisations stand how in each row, by its number."""
    counts = {r["standings"]: r["organisations"] for r in await pool.fetch(COUNTS, evaluation.evaluation)}
    return standings.tallies(edition.rows(evaluation.part), counts)


async def must_be_whole(pool: Any, evaluation: UUID) -> None:
    """Raises ViewBehind while facts were reported that the standings don't have."""
    behind = await pool.fetchval(BEHIND, *span(evaluation))
    if behind:
        raise ViewBehind(organisations=behind)


def span(evaluation: UUID) -> tuple[str, str]:
    """Where the streams of its organisations begin and end."""
    return f"organisation:{evaluation}:", f"organisation:{evaluation};"


async def digest_of_facts(pool: Any, evaluation: UUID) -> str:
    """One digest over those of all organisations' facts, in the order of their BINs; in pages, however many there are."""
    whole = hashlib.sha256()
    async with pool.acquire() as connection, connection.transaction():
        digests = await connection.cursor(DIGESTS, evaluation)
        while page := await digests.fetch(PAGE):
            whole.update("".join(r["digest"] for r in page).encode())
    return whole.hexdigest()


def _deciding(came: Outcome | None, tally: Tally) -> tuple[list[str], int]:
    return standings.deciding(came, tally) if came else ([], 0)


def _waiting(came: dict[str, Outcome | None], found: dict[str, Tally]) -> dict[str, int]:
    """By row how many organisations lack a fact; one where there is no organisation at all."""
    return {n: max(1, tally.lacking(asks_of_last_year(tally))) for n, tally in found.items() if came[n] is None}


async def _lacks(pool: Any, evaluation: UUID, limit: int) -> dict[str, list[tuple[str, Lack]]]:
    """By row, what is missing of the first organisations."""
    found: dict[str, list[tuple[str, Lack]]] = {}
    for r in await pool.fetch(LACKING, evaluation, limit):
        for number, *lack in json.loads(r["lacks"]):
            found.setdefault(number, []).append((r["bin"], Lack(*lack)))
    return found
