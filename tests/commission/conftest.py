"""The commission at work."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from services.commission.main import app, build
from tests.commission.office import KEY, RECEIVED, SECRET, Office
from tests.support.stores import FixedClock, fresh_log, fresh_vault


@pytest.fixture(scope="session")
async def house(postgres: EmbeddedPostgres) -> AsyncIterator[Office]:
    log, vault = await fresh_log(postgres, "commission"), await fresh_vault(postgres)
    node = build(log, vault, FixedClock())
    await node.start()
    transport = httpx.ASGITransport(app(node, KEY.public_key(), SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://commission") as client:
        office = Office(log, vault, node, client)
        await office.prepare()
        yield office
    await node.stop()
    await log.close()
    await vault.pool.close()


@pytest.fixture
async def office(house: Office) -> Office:
    """A day after the receipt, with a body of its own."""
    house.clock.at = RECEIVED + timedelta(days=1, hours=1)
    house.grants.clear()
    await house.form_body()
    return house
