"""`verify` finds each kind of damage, done here behind the services' backs, and nothing in a system that is whole."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from deploy.postgres.provision import database
from reglament.asking import stuck, trace
from reglament.asking.verify import Verification
from reglament.demo.driver import Driver
from services.notification.reactions import REACTIONS
from shared.kernel.checks import waiting
from shared.kernel.follow import stands
from shared.kernel.log import Row
from shared.kernel.work import UnitOfWork
from tests.faults.house import House
from tests.support.waiting import eventually

NEWEST = "select * from events where subject = $1 and origin is null order by version desc limit 1"
OF_THE_CASE = ("ApplicationRegistered", "ApplicationAdmitted")


async def verified(house: House, patience: float = 1) -> dict[str, Any]:
    return await Verification(house.operator, lambda _: None, patience).run()


async def differences(house: House) -> list[tuple[str, str, str, str]]:
    found = (await verified(house))["differences"]
    return [(d["service"], d["check"], d["subject"], d["what"]) for d in found]


@asynccontextmanager
async def behind_its_back(house: House, service: str) -> AsyncIterator[asyncpg.Connection]:
    """What nobody of the system may do."""
    connection = await asyncpg.connect(house.system.postgres.dsn(database(service)))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def case(embedded: House) -> Driver:
    """A case that was admitted, and of which everybody knows."""
    driver = await embedded.do("register", "check")
    await eventually(lambda: is_clean(embedded))
    return driver


async def is_clean(house: House) -> bool:
    return bool((await verified(house))["clean"])


class TestWhenNothingIsWrong:
    async def test_every_fact_was_compared(self, embedded: House, case: Driver) -> None:
        told = await verified(embedded)
        assert told["differences"] == []
        # At least: three editions; registered and admitted; told to the applicant.
        assert told["facts"]["intake"] >= 5
        assert told["facts"]["notification"] >= 1


class TestWhenAFactWasChanged:
    async def test_the_chain_and_the_copies_tell(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "intake") as intake:
            (fact,) = await intake.fetch(NEWEST, case.application)
            place = f"{fact['stream']}@{fact['version']}"
            await intake.execute("update events set data = data || ' ' where id = $1", fact["id"])
            found = await differences(embedded)
            await intake.execute("update events set data = $2 where id = $1", fact["id"], fact["data"])
        assert found == [
            ("intake", "stream", place, "it isn't as it was written"),
            ("expertise", "copy", place, "it isn't what intake wrote"),
            ("commission", "copy", place, "it isn't what intake wrote"),
            ("notification", "copy", place, "it isn't what intake wrote"),
        ]
        assert await is_clean(embedded)


class TestWhenAFactIsGone:
    async def test_a_neighbour_that_lacks_it_is_named(
        self, embedded: House, case: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with behind_its_back(embedded, "commission") as commission:
            stream = f"intake:{case.application}"
            await commission.execute("delete from events where stream = $1 and version = 1", stream)
            assert await differences(embedded) == [("commission", "copy", f"{stream}@1", "it hasn't come")]
            monkeypatch.setattr(waiting, "PATIENCE", timedelta(0))
            told = await stuck.stuck(embedded.operator)
            await commission.execute("delete from cursors where name = 'copy:intake'")  # everything is sent again
        (gap,) = [entry for entry in told["waiting"] if entry["kind"] == "gap"]
        assert (gap["service"], gap["what"]) == ("commission", f"{stream}@1 hasn't come")
        assert gap["number"] == await number(embedded, case)
        await eventually(lambda: is_clean(embedded))

    async def test_from_its_owner_the_neighbours_have_it(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "intake") as intake:
            (fact,) = await intake.fetch(NEWEST, case.application)
            place = f"{fact['stream']}@{fact['version']}"
            await intake.execute("delete from events where id = $1", fact["id"])
            found = [d for d in await differences(embedded) if d[1] == "copy"]
            await intake.execute(
                "insert into events overriding system value select * from jsonb_populate_record(null::events, $1::jsonb)",
                await as_json(fact),
            )
        assert found == [
            ("intake", "copy", place, "it is missing here, expertise has it"),
            ("intake", "copy", place, "it is missing here, commission has it"),
            ("intake", "copy", place, "it is missing here, notification has it"),
        ]
        assert await is_clean(embedded)


class TestWhenAReadModelIsNotItsFold:
    async def test_its_row_is_named(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "notification") as store:
            await store.execute("update views.cabinet set version = version + 1 where subject = $1", case.application)
        wrong = ("notification", "view", f"cabinet/{case.application}", "it isn't what its facts say")
        assert await differences(embedded) == [wrong]
        await embedded.operator.command("/api/notification/v1/views/cabinet/rebuild")
        assert await is_clean(embedded)

    async def test_a_row_of_nothing_is_named(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "notification") as store:
            await store.execute("update views.queue set subject = 'zzz' where subject = $1", case.application)
        found = await differences(embedded)
        assert [d[2] for d in found] == [f"queue/{case.application}", "queue/zzz"]
        await embedded.operator.command("/api/notification/v1/views/queue/rebuild")


class TestWhenAReactionLeftNothing:
    async def test_what_it_has_still_to_write_is_named(self, embedded: House, monkeypatch: pytest.MonkeyPatch) -> None:
        async def idle(work: UnitOfWork, row: Row) -> None:
            pass

        with monkeypatch.context() as asleep:
            for name in OF_THE_CASE:  # whichever comes later would tell of both
                asleep.setitem(REACTIONS, name, idle)
            case = await embedded.do("register", "check")
            await eventually(lambda: has_come_to(embedded, case))
        left = "its reaction has still to write notice.sent, ApplicantNotified"
        unwritten = {("notification", "effect", f"{name}: {left}") for name in OF_THE_CASE}

        async def is_named() -> bool:
            """A subject of which more is just coming isn't judged."""
            found = [(service, check, what) for service, check, _, what in await differences(embedded)]
            return len(found) == 1 and found[0] in unwritten

        await eventually(is_named)
        async with behind_its_back(embedded, "notification") as store:  # it reads everything again
            await store.execute("update cursors set tx = '0', position = 0 where name = 'notification-reactions'")
        await eventually(lambda: is_clean(embedded))
        assert (await trace.trace(embedded.operator, await number(embedded, case)))["facts"]


class TestWhenAReactionHappenedTwice:
    async def test_its_cause_is_named(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "notification") as store:
            (told,) = await store.fetch(
                "select id, tx, meta::jsonb ->> 'cause' as cause from events where type = 'ApplicantNotified'"
                " and subject = $1",
                case.application,
            )
            await store.execute("update events set tx = '3' where id = $1", told["id"])
            found = [d for d in await differences(embedded) if d[1] == "effect"]
            await store.execute("update events set tx = $2 where id = $1", told["id"], told["tx"])
        assert found == [("notification", "effect", told["cause"], "it was reacted to 2 times")]


class TestAnOpenTransaction:
    async def test_is_named_with_its_process(self, embedded: House, case: Driver) -> None:
        async with behind_its_back(embedded, "commission") as holder, holder.transaction():
            await holder.execute("select pg_current_xact_id()")
            told = await stuck.stuck(embedded.operator)
            assert told["oldest_transaction"]["pid"] == holder.get_server_pid()
            assert told["oldest_transaction"]["state"] == "idle in transaction"
        assert told["waiting"] == []


class TestATrace:
    async def test_shows_what_led_to_what(self, embedded: House, case: Driver) -> None:
        told = await trace.trace(embedded.operator, await number(embedded, case))
        (registered,) = told["facts"]
        # The admission rests on the registration; the notice tells of the admission.
        (admitted,) = registered["facts"]
        (notified,) = admitted["facts"]
        assert [f["type"] for f in (registered, admitted, notified)] == [
            "ApplicationRegistered",
            "ApplicationAdmitted",
            "ApplicantNotified",
        ]
        assert [f["service"] for f in (registered, admitted, notified)] == ["intake", "intake", "notification"]
        assert notified["cause"] in (registered["id"], admitted["id"])  # a batch may hold both: it sees the case whole


async def number(house: House, case: Driver) -> str:
    facts = await house.operator.get(f"/api/intake/v1/facts/{case.application}")
    return str(facts[0]["data"]["number"])


async def has_come_to(house: House, case: Driver) -> bool:
    """Whether notification has taken up registration and admission, and holds neither back until the edition has come."""
    log = house.system.nodes["notification"].log
    facts = [row for row in await log.subjects([case.application]) if row.type in OF_THE_CASE]
    at = await stands(log, "notification-reactions")
    held = await log.pool.fetchval("select count(*) from held where subject = $1", case.application)
    return len(facts) == 2 and not held and at is not None and at >= max(row.place for row in facts)


async def as_json(row: asyncpg.Record) -> str:
    return json.dumps(dict(row), default=str)
