"""The rules against the reference: one SQL query written from the order's text (README.md)."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from tests.scoring.reference.bodies import Json, bodies
from tests.support.stores import fresh_place

SHEETS = (Path(__file__).parent / "sheets.sql").read_text()
BODIES, BATCH = 10_000, 1_000


@pytest.fixture
async def connection(postgres: EmbeddedPostgres) -> AsyncIterator[Any]:
    place = await fresh_place(postgres)
    connection = await asyncpg.connect(place.owner_dsn)
    await connection.execute("create temp table bodies(body int, facts jsonb)")
    yield connection
    await connection.close()
