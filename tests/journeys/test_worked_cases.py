"""The cases worked by hand beside each procedure's data, played through the interface, come out as worked."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.demo.case import instant
from reglament.demo.driver import Driver
from reglament.demo.play import differences, told
from reglament.demo.worked import cases_of, load
from shared.procedure.editions import load_all
from tests.journeys.conftest import installed
from tests.journeys.town import Town

EVERY = [(code, name) for code in sorted(load_all()) for name in sorted(cases_of(code))]
ONE_OF_EACH = [(code, name) for code, name in EVERY if name in ("granted", "refused")]
OVER_KAFKA = EVERY if os.environ.get("CASES_OVER_KAFKA") == "all" else ONE_OF_EACH
"""`make test-all` plays them all; in `make test` one granted and one refused of each procedure have to do."""


@pytest.fixture(scope="module")
def own_postgres(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp(f"cases-{mode}")) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(mode: str, bootstrap: str | None, own_postgres: EmbeddedPostgres) -> AsyncIterator[Town]:
    """One in which nothing else has happened, as in the installation that a case is worked out for."""
    async with installed(mode, bootstrap, own_postgres) as town:
        yield town


async def comes_out_as_worked(town: Town, code: str, name: str) -> None:
    published, worked = load(code, name)
    first = worked.acts[0]
    stage = await town.stage_of(code, instant(first.receipt or first.at, published.edition.act.zone))
    result = told(await Driver(stage, worked).play(), published, seconds=0)
    assert differences(result, published, worked) == []
    assert result["cabinet"]["status"] == worked.expect.outcome


@pytest.mark.parametrize("mode", ["embedded"], indirect=True, scope="session")
class TestEveryWorkedCase:
    @pytest.mark.parametrize(("code", "name"), EVERY, ids=str)
    async def test_comes_out_as_worked_by_hand(self, town: Town, code: str, name: str) -> None:
        await comes_out_as_worked(town, code, name)


@pytest.mark.parametrize("mode", ["kafka"], indirect=True, scope="session")
class TestAWorkedCaseOverKafka:
    @pytest.mark.parametrize(("code", "name"), OVER_KAFKA, ids=str)
    async def test_comes_out_so_over_kafka_too(self, town: Town, code: str, name: str) -> None:
        await comes_out_as_worked(town, code, name)
