"""PostgreSQL is gone for a while: commands wait or are told so, nothing is parked, nothing is lost."""

import asyncio
from pathlib import Path

import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from tests.faults.trial import trial

AWAY = 5


@pytest.mark.parametrize("over_kafka", [False, True], ids=["embedded", "over Kafka"])
async def test_all_goes_on_when_it_is_back(over_kafka: bool, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    bootstrap = request.getfixturevalue("kafka") if over_kafka else None
    with EmbeddedPostgres(tmp_path / "home") as postgres:
        async with trial(postgres, bootstrap, tmp_path) as trying:

            async def gone_and_back() -> None:
                postgres.kill()
                await asyncio.sleep(AWAY)
                postgres.start()

            await trying.while_cases_run(gone_and_back)
            assert trying.clients.unavailable
            assert None not in trying.clients.unavailable
            assert await trying.wrong() == []
