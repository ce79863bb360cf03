"""Notification over real PostgreSQL, with a legal clock that a test moves."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.postgres.embedded import EmbeddedPostgres
from services.notification.main import build
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel.follow import cursor
from shared.kernel.log import Log, Row
from shared.kernel.migrate import migrate
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.texts.languages import Language
from tests.notification.story import PROVIDER, Story, utc
from tests.support.stores import FixedClock, Place, fresh_place, fresh_vault
from tests.support.waiting import eventually

NEWEST = "select tx, position from events where subject is not null order by tx desc, position desc limit 1"
KEY = Ed25519PrivateKey.generate()
SECRET = b"secret of the tests"


@dataclass
class House:
    """A node at work, without its sweep and reminders, which a test calls itself; stories are told into its log."""

    log: Log
    vault: Vault
    clock: FixedClock
    node: Node

    async def story(self, account: UUID | None = None) -> Story:
        return Story(self.log, self.vault, uuid4(), account or uuid4())

    async def settled(self) -> None:
        """Every reader has come to the end of the log, and none wrote anything more."""
        readers = [*(v.name for v in self.node.views), self.node.reactor.name]

        async def all_read() -> bool:
            read = [await cursor(self.log, name) for name in readers]
            newest = await self.log.pool.fetchrow(NEWEST)  # asked after: what a reader wrote came with its cursor
            return newest is None or min(read) >= newest.place

        await eventually(all_read)

    async def until_approved(self, story: Story, outcome: str = "granted") -> None:
        """Admitted on 26 November, and told so; approved on Monday 9 December 10:00; it is 15:00 of that day."""
        self.clock.at = utc(11, 26, 9, 5)
        await story.registered()
        await story.admitted()
        await self.settled()
        self.clock.at = utc(12, 9, 9)
        await story.from_admission_to_approval(outcome)
        await self.settled()

    async def row(self, story: Story) -> Row | None:
        await self.settled()
        return await self.log.pool.fetchrow("select * from views.cabinet where subject = $1", story.subject)

    async def state(self, story: Story) -> dict[str, Any]:
        row = await self.row(story)
        assert row is not None
        found: dict[str, Any] = json.loads(row["state"])
        return found

    async def own_facts(self, story: Story) -> list[Row]:
        await self.settled()
        return await self.log.stream(f"notification:{story.subject}")


@pytest.fixture(scope="session")
async def vault(postgres: EmbeddedPostgres) -> AsyncIterator[Vault]:
    made = await fresh_vault(postgres)
    yield made
    await made.pool.close()


@pytest.fixture(scope="session")
async def place(postgres: EmbeddedPostgres) -> Place:
    """One database for all these tests: making one takes longer than most of them."""
    made = await fresh_place(postgres)
    await migrate(made.owner_dsn, made.name)
    return made


@pytest.fixture
async def house(place: Place, vault: Vault) -> AsyncIterator[House]:
    await _empty(place)
    log = await Log("notification", place.dsn).open()
    clock = FixedClock(utc(11, 26, 9, 5))
    node = build(log, vault, clock)
    del node.loops["sweep"], node.loops["remind"]
    await node.start()
    yield House(log, vault, clock, node)
    await node.stop()
    await log.close()


async def _empty(place: Place) -> None:
    """As on the first day: no facts, no read models."""
    connection = await asyncpg.connect(place.owner_dsn)
    try:
        await connection.execute("truncate events, cursors, held, answers, watermarks, openings, views")
    finally:
        await connection.close()


@pytest.fixture
async def story(house: House) -> Story:
    told = await house.story()
    await told.publish_edition()
    return told


def token(
    account: UUID, *roles: Role, provider: str | None = PROVIDER, language: Language = "en", seconds: float = 600
) -> str:
    grants = tuple(Grant(role=r, provider=None if r == Role.APPLICANT else provider) for r in roles)
    return issue(KEY, account=account, grants=grants, language=language, lifetime=timedelta(seconds=seconds))
