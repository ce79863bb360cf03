"""Intake at work on a log of each test's own, with the procedures published; the vault is one for all."""

from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.postgres.embedded import EmbeddedPostgres
from services.intake.main import app, build, publish_editions
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.procedure.editions import Published, load_all
from tests.intake.counter import MONDAY, SECRET, Counter
from tests.support.stores import FixedClock, fresh_log, fresh_vault


@pytest.fixture(scope="session")
def procedures() -> dict[str, Published]:
    return load_all()


@pytest.fixture(scope="session")
async def intake_vault(postgres: EmbeddedPostgres) -> AsyncIterator[Vault]:
    vault = await fresh_vault(postgres)
    yield vault
    await vault.pool.close()


@pytest.fixture
async def node(
    postgres: EmbeddedPostgres, intake_vault: Vault, procedures: dict[str, Published]
) -> AsyncIterator[Node]:
    log = await fresh_log(postgres, "intake")
    node = build(log, intake_vault, FixedClock(MONDAY))
    await publish_editions(node, procedures.values())
    await node.start()
    yield node
    await node.stop()
    await log.close()


@pytest.fixture
async def counter(node: Node) -> AsyncIterator[Counter]:
    """The chancellery's counter, over REST."""
    async with Counter.of(app(node, Ed25519PrivateKey.generate(), SECRET), node) as counter:
        yield counter
