"""Records that can't enter the log are parked, each with its reason; others pass; mended ones are taken up."""

from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from shared.contracts.topics import BY_NAME
from shared.kernel.log import Batch, Log
from shared.transport.cluster import cluster_id
from shared.transport.copying import copying
from shared.transport.parked import Parked, Seal, discard, parked, retry, show
from shared.transport.wire import Record, Unfit, sent
from shared.web.refusal import NotFound
from tests.kafka.facts import fact, write
from tests.kafka.poison import KINDS, good, send_undecodable
from tests.kafka.running import Link, copies, parked_there, plain, running

TOPIC = "ApplicationAdmitted"


def reasons(found: list[Parked]) -> dict[int, str]:
    return {p.place.offset: p.reason for p in found}


class TestWhenPoisonOfEachKindComesBetweenGoodRecords:
    async def test_the_good_ones_pass_and_each_bad_one_says_why(self, commission: Log, link: Link) -> None:
        records: list[Record] = []
        for change, _ in KINDS.values():
            records += [change(good()), good(subject=uuid4())]
        await link.send(*records, partition=0)
        async with running(link.receive(commission)):
            found = await parked_there(commission, len(KINDS))
            came = await copies(commission, len(KINDS))
        # Bad and good take turns on one partition, so the bad ones have the even offsets.
        assert reasons(found) == {2 * n: reason for n, (_, reason) in enumerate(KINDS.values())}
        assert {row.subject for row in came} == {(r.key or b"").decode() for r in records[1::2]}

    async def test_the_operator_sees_the_record_as_it_came(self, commission: Log, link: Link) -> None:
        bad = KINDS["header not UTF-8"][0](good())
        await link.send(bad, partition=2)
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
        assert found.place == (await cluster_id(link.cluster), TOPIC, 2, 0)
        assert await show(commission, found.place, link.seal) == bad

    async def test_without_the_secret_nobody_reads_it(self, commission: Log, link: Link) -> None:
        await link.send(KINDS["body not JSON"][0](good())._replace(value=b"Name: A. B."))
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
        assert b"Name" not in await commission.pool.fetchval("select raw from parked_records")
        with pytest.raises(InvalidTag):
            await show(commission, found.place, Seal(b"another secret"))


class TestWhenAHeadersNameIsNotUtf8:
    async def test_its_place_is_parked_and_other_partitions_lose_nothing(self, commission: Log, link: Link) -> None:
        for partition in range(3):
            await link.send(*[good(subject=uuid4()) for _ in range(5)], partition=partition)
        await send_undecodable(link.cluster, TOPIC, partition=1)
        await link.send(*[good(subject=uuid4()) for _ in range(5)], partition=1)
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
            came = await copies(commission, 20)
        assert found.place[1:] == (TOPIC, 1, 5)
        assert len(came) == 20
        assert found.kept is False
        assert await show(commission, found.place, link.seal) is None
        with pytest.raises(Unfit, match="its bytes couldn't be read"):
            await retry(commission, found.place, link.seal)


class TestWhenAnotherFactHasThePlace:
    async def test_the_second_is_parked_and_the_rest_of_its_batch_passes(self, commission: Log, link: Link) -> None:
        first, forked = good(version=2), good(version=2)
        await link.send(first, forked, good(version=3), partition=0)
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
            came = await copies(commission, 2)
        assert found.reason == f"another fact has its place or its id: intake:{UUID(int=7)}@2"
        assert [row.version for row in came] == [2, 3]
        assert str(came[0].id).encode() == dict(first.headers)["ce_id"]

    async def test_a_second_fact_with_the_same_id_is_parked(self, commission: Log, link: Link) -> None:
        first = good(version=1)
        again = good(version=2)
        again = again._replace(headers=first.headers[:2] + again.headers[2:])
        await link.send(first, again, good(version=3), partition=0)
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
            came = await copies(commission, 2)
        assert found.reason == f"another fact has its place or its id: intake:{UUID(int=7)}@2"
        assert [row.version for row in came] == [1, 3]

    async def test_copying_within_the_process_parks_it_too(self, intake: Log, commission: Log, seal: Seal) -> None:
        about = uuid4()
        (other,) = await write(intake, TOPIC, subject=about)
        forked = fact("intake", TOPIC, about, 1)._replace(origin="intake")
        await commission.append(Batch((forked,)))
        async with running(copying(intake, commission, seal)):
            (found,) = await parked_there(commission, 1)
            rows = await write(intake, TOPIC)
            came = await copies(commission, 2)
        assert found.reason == f"another fact has its place or its id: intake:{about}@1"
        assert await show(commission, found.place, seal) == sent("intake", other)
        assert plain(came[1]) == plain(rows[0])


class TestWhenTheReasonIsMended:
    async def test_a_fact_that_older_code_didnt_know_enters_by_a_retry(
        self, commission: Log, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as older:
            older.delitem(BY_NAME, TOPIC)
            record = good()
            await link.send(record)
            async with running(link.receive(commission)):
                (found,) = await parked_there(commission, 1)
        assert found.reason == "no fact has this topic"
        await retry(commission, found.place, link.seal)
        (row,) = await copies(commission, 1)
        assert sent("intake", row) == record
        assert await parked(commission) == []

    async def test_the_record_enters_the_log_by_a_retry(self, intake: Log, commission: Log, seal: Seal) -> None:
        about = uuid4()
        (other,) = await write(intake, TOPIC, subject=about)
        await commission.append(Batch((fact("intake", TOPIC, about, 1)._replace(origin="intake"),)))
        async with running(copying(intake, commission, seal)):
            (found,) = await parked_there(commission, 1)
        with pytest.raises(Unfit, match="another fact has its place or its id"):
            await retry(commission, found.place, seal)
        await _mend(commission)
        await retry(commission, found.place, seal)
        assert [plain(row) for row in await copies(commission, 1)] == [plain(other)]
        assert await parked(commission) == []

    async def test_what_is_discarded_is_gone(self, commission: Log, link: Link) -> None:
        await link.send(KINDS["body empty"][0](good()))
        async with running(link.receive(commission)):
            (found,) = await parked_there(commission, 1)
        await discard(commission, found.place)
        assert await parked(commission) == []
        with pytest.raises(NotFound):
            await retry(commission, found.place, link.seal)
        with pytest.raises(NotFound):
            await discard(commission, found.place)


async def _mend(log: Log) -> None:
    """Take the wrong fact out, as only the database's owner can."""
    name = await log.pool.fetchval("select current_user")
    connection = await asyncpg.connect(log.dsn.replace(f"//{name}@", f"//{name}_owner@"))
    try:
        await connection.execute("delete from events")
    finally:
        await connection.close()
