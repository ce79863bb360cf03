"""Guards taken away one by one, each at the point where it matters: the counting of the kill test sees the damage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.follow import MOVE, cursor
from shared.kernel.log import OWN_PUBLIC, PUBLIC, START, Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import SYSTEM
from shared.telemetry.correlation import correlated
from shared.transport.cluster import Cluster, create_topics
from shared.transport.copying import copying
from shared.web.idempotency import IdempotencyKey
from tests.faults import counting
from tests.faults.journal import Told
from tests.faults.recording import SEAL, admitting, when_admitted_then_note
from tests.kafka.running import Link, copies, running
from tests.support.stores import FixedClock, fresh_log, fresh_vault, spoil, tiny_service
from tests.support.waiting import eventually


@dataclass
class Pair:
    """Intake, whose facts the commission reads, and all that those who sent commands were told."""

    intake: Node
    commission: Log
    told: list[Told]

    async def admit(self, key: str | None = None) -> None:
        """A command that writes one more fact about an application each time that it takes effect."""
        known = key or str(uuid4())
        with correlated(UUID(known)):
            done = await self.intake.perform(admitting(known), SYSTEM, IdempotencyKey("clerk", known, "body"))
        self.told.append(Told(known, "POST /admission", "body", done.result, done.token))

    async def copied(self, facts: int) -> None:
        """The copying of the system as it is, until the commission has so many facts."""
        async with running(copying(self.intake.log, self.commission, SEAL)):
            await copies(self.commission, facts)

    async def damage(self) -> list[str]:
        return await counting.damage({"intake": self.intake.log, "commission": self.commission}, self.told)


@pytest.fixture
async def pair(postgres: EmbeddedPostgres) -> AsyncIterator[Pair]:
    async with paired(postgres) as made:
        yield made


@asynccontextmanager
async def paired(postgres: EmbeddedPostgres) -> AsyncIterator[Pair]:
    intake, commission = await fresh_log(postgres, "intake"), await fresh_log(postgres, "commission")
    vault = await fresh_vault(postgres)
    yield Pair(node(intake, vault), commission, [])
    for pool in (intake.pool, commission.pool, vault.pool):
        await pool.close()


def node(log: Log, vault: Vault) -> Node:
    return Node(tiny_service(log.service), log, vault, FixedClock(), {"ApplicationAdmitted": when_admitted_then_note})


async def as_superuser(postgres: EmbeddedPostgres, *settings: str) -> None:
    """In force at once, for all sessions."""
    connection = await asyncpg.connect(postgres.dsn("postgres"))
    try:
        for setting in settings:
            await connection.execute(f"alter system set {setting}")
        await connection.execute("select pg_reload_conf()")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def as_owner(log: Log, *statements: str) -> None:
    """What the service's own role may not do."""
    name = await log.pool.fetchval("select current_user")
    connection = await asyncpg.connect(log.dsn.replace(f"//{name}@", f"//{name}_owner@"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


class TestWithEveryGuardInItsPlace:
    async def test_the_count_finds_nothing(self, pair: Pair) -> None:
        await pair.admit()
        await pair.admit(pair.told[0].key)  # repeated: answered as at first
        await pair.admit()
        await pair.copied(2)
        await pair.commission.pool.execute("delete from cursors")
        await pair.copied(2)
        assert await pair.damage() == []


class TestWhenACursorIsSavedBeforeTheEffect:
    async def test_what_was_under_way_when_the_process_died_is_lost(self, pair: Pair) -> None:
        await pair.admit()
        await pair.admit()
        (_, last) = await pair.intake.log.read(START, OWN_PUBLIC)
        await cursor(pair.commission, "copy:intake")
        await pair.commission.pool.execute(MOVE, "copy:intake", *START, *last.place)  # and here the process is killed
        await pair.admit()
        await pair.copied(1)
        lost = [t.after for t in pair.told[:2]]
        assert len(lost) == len(await pair.damage()) == 2
        assert all(line.startswith("commission lacks intake's fact") for line in await pair.damage())


class TestWhenACursorIsSavedApartFromTheEffect:
    async def test_a_reaction_takes_effect_twice(self, pair: Pair) -> None:
        await pair.admit()
        effect = await pair.intake.reactor.handle(await pair.intake.log.read(START, PUBLIC))
        assert effect
        async with pair.intake.log.pool.acquire() as connection, connection.transaction():
            await effect(connection)  # and here, before the cursor is saved, the process is killed
        async with running(pair.intake.reactor.run()):
            await eventually(lambda: _facts(pair.intake.log, 3))
        await pair.copied(3)
        (line,) = await pair.damage()
        assert line.startswith("intake: reaction to")
        assert line.endswith("took effect 2 times")


class TestWhenARecordIsAcknowledgedBeforeItIsAppended:
    async def test_what_was_under_way_when_the_process_died_is_lost(self, pair: Pair, kafka: str) -> None:
        link = Link(Cluster(kafka, prefix=f"{uuid4().hex[:8]}."), SEAL)
        await create_topics(link.cluster)
        await pair.admit()
        await pair.admit()
        async with running(link.relay(pair.intake.log)):
            await _acknowledge(link, 2)  # and here, before the append, the process is killed
            await pair.admit()
            async with running(link.receive(pair.commission)):
                await copies(pair.commission, 1)
        assert len(await pair.damage()) == 2
        assert all(line.startswith("commission lacks intake's fact") for line in await pair.damage())


class TestWithoutAUniquePlaceInTheLog:
    async def test_what_is_sent_again_is_doubled(self, pair: Pair) -> None:
        await as_owner(spoil(pair.commission), "alter table events drop constraint events_pkey", "drop index events_id")
        await pair.admit()
        await pair.copied(1)
        await pair.commission.pool.execute("delete from cursors")  # everything is sent again
        await pair.copied(2)
        doubled = [line for line in await pair.damage() if line.endswith("2 times")]
        assert [line.split()[1] for line in doubled] == [f"{pair.told[0].after}", "fact"]


class TestWhenTheAnswerIsNotKeptWithTheFacts:
    async def test_a_repeated_command_takes_effect_twice(self, pair: Pair) -> None:
        await pair.admit()
        await pair.intake.log.pool.execute("delete from answers")
        await pair.admit(pair.told[0].key)
        await pair.copied(2)
        assert await pair.damage() == [f"intake: command {pair.told[0].key} took effect 2 times"]


class TestWhenACommandIsAcknowledgedBeforeItIsCommitted:
    async def test_its_fact_is_lost(self, pair: Pair) -> None:
        work = await pair.intake.work()
        result = await admitting("abai")(work)
        pair.told.append(Told("key", "POST /admission", "body", result, work.token()))  # and the process is killed
        assert await pair.damage() == ["POST /admission was acknowledged with intake:abai@1, which is lost"]


class TestWhenACommitIsNotDurable:
    async def test_what_was_acknowledged_is_lost_with_a_killed_server(self, tmp_path: Path) -> None:
        with EmbeddedPostgres(tmp_path / "home") as weak:
            async with paired(weak) as pair:
                await pair.admit()
                await as_superuser(weak, "synchronous_commit = off", "wal_writer_delay = '10s'")
                await pair.admit()
                weak.kill()
                weak.start()
                for log in (pair.intake.log, pair.commission):
                    await log.pool.expire_connections()
                await pair.copied(1)
                assert await pair.damage() == [
                    f"POST /admission was acknowledged with {pair.told[1].after}, which is lost"
                ]


class TestWhenSomebodyChangesWhatHappened:
    async def test_its_text_no_longer_fits_its_hash_nor_its_copy(self, pair: Pair) -> None:
        await pair.admit()
        await pair.copied(1)
        await as_owner(pair.intake.log, "update events set data = replace(data, '{', '{ ')")
        stream, changed = pair.told[0].after.partition("@")[0], await pair.damage()
        assert changed[0] == f"intake: {stream}@1: it isn't as it was written"
        assert changed[1].startswith("commission has intake's fact")

    async def test_a_fact_taken_out_leaves_a_gap(self, pair: Pair) -> None:
        await pair.admit()
        await pair.intake.log.pool.execute("delete from answers")
        await pair.admit(pair.told[0].key)
        await as_owner(pair.intake.log, "delete from events where version = 1")
        stream = pair.told[0].after.partition("@")[0]
        assert f"intake: {stream}@2: it comes after version 0" in await pair.damage()


async def _facts(log: Log, number: int) -> bool:
    return len(await log.read(START, PUBLIC)) >= number


async def _acknowledge(link: Link, records: int) -> None:
    """Take so many records as the commission's receiver would, and acknowledge them."""
    topic, group = link.cluster.prefix + "ApplicationAdmitted", link.cluster.prefix + "commission"
    consumer = AIOKafkaConsumer(
        topic, **link.cluster.options, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False
    )
    async with consumer:
        for _ in range(records):
            await consumer.getone()
        await consumer.commit()
