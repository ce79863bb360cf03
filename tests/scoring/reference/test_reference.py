"""The rules against the reference: one SQL query written from the order's text (README.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring.sheet.compute import score
from services.scoring.sheet.edition import Edition, edition_for
from services.scoring.sheet.facts import Facts
from services.scoring.sheet.placed import faults
from services.scoring.sheet.result import Sheet, SheetRow
from tests.scoring.bodies import PERIOD
from tests.scoring.reference.bodies import bodies
from tests.support.stores import fresh_place

SHEETS = (Path(__file__).parent / "sheets.sql").read_text()
SEED, BODIES, BATCH = 47, 10_000, 500
POINTS = {
    "state-institutions": "1:210 2.1:210 2.2:210 2.3:210 3:20",
    "state-enterprises": "1:210 2:20 3.1:210 3.2:210 3.3:210 4:20 5.1:10 5.2:10 6:20 7.1:20 7.2:20",
    "joint-stock-companies": "1:210 2:20 3.1:210 3.2:210 4.1:10 4.2:10 5:20 6.1:20 6.2:20",
    "llp-interests": "1:210 2:20 3.1:210 3.2:210 4.1:10 4.2:10 5:20 6.1:20 6.2:20",
}
"""The points that each row of annex 2 can have by annex 1."""
EVERY_RESULT = {
    (part, row.partition(":")[0], points)
    for part, rows in POINTS.items()
    for row in rows.split()
    for points in (*map(int, row.partition(":")[2]), None)
}
Key = tuple[int, str]
"""A body and the number of a row."""
Batch = list[tuple[int, str, str]]
"""Bodies: number, part, facts as JSON."""


class Scored(NamedTuple):
    """One row of a body's part: its points, or BINs of those whose facts it lacks; BINs of those whose facts decided it."""

    points: int | None
    missing: tuple[str, ...]
    deciding: tuple[str, ...]


@pytest.fixture
async def connection(postgres: EmbeddedPostgres) -> AsyncIterator[Any]:
    place = await fresh_place(postgres)
    connection = await asyncpg.connect(place.owner_dsn)
    await connection.execute("create temp table bodies(body int, part text, facts jsonb)")
    yield connection
    await connection.close()


def by_the_rules(edition: Edition, batch: Batch) -> dict[Key, Scored]:
    return {
        (body, row.number): scored(sheet, row)
        for body, part, text in batch
        for sheet in [score(edition, part, admitted(text))]
        for row in sheet.rows
    }


def admitted(text: str) -> Facts:
    """What a file of facts is checked for before anything is scored."""
    facts = Facts.model_validate_json(text)
    assert list(faults(facts)) == []
    return facts


def scored(sheet: Sheet, row: SheetRow) -> Scored:
    lacking = {m.organisation for m in sheet.missing if m.row == row.number and m.organisation}
    return Scored(row.points, tuple(sorted(lacking)), row.organisations)


async def by_the_reference(connection: Any, batch: Batch) -> dict[Key, Scored]:
    await connection.execute("truncate bodies")
    await connection.copy_records_to_table("bodies", records=batch)
    rows = await connection.fetch(SHEETS)
    return {(r["body"], r["number"]): Scored(r["points"], tuple(r["missing"]), tuple(r["deciding"])) for r in rows}


async def test_rules_and_reference_agree_on_ten_thousand_bodies(connection: Any) -> None:
    edition, met = edition_for(PERIOD), set[tuple[str, str, int | None]]()
    made = ((n, part, json.dumps(facts)) for n, (part, facts) in enumerate(bodies(SEED, BODIES)))
    while batch := list(islice(made, BATCH)):
        rules = asyncio.to_thread(by_the_rules, edition, batch)  # on one core, while the database takes the other
        expected, found = await asyncio.gather(by_the_reference(connection, batch), rules)
        given = {body: (part, text) for body, part, text in batch}
        assert [
            (key, given[key[0]], row, found.get(key)) for key, row in expected.items() if found.get(key) != row
        ] == []
        assert found.keys() == expected.keys()
        met |= {(given[body][0], number, row.points) for (body, number), row in expected.items()}
    assert met == EVERY_RESULT
