"""What every service offers those who run it, tried on intake."""

from httpx import Response

from shared.identity.roles import Role
from shared.kernel.held import Hold, hold
from shared.kernel.log import START
from shared.transport.parked import RecordPlace, Refused, Seal, park
from shared.transport.wire import Record
from shared.web.pagination import encode_cursor
from tests.intake.counter import PREFIX, SECRET, Counter
from tests.support.waiting import eventually

PLACE = RecordPlace("cluster", "ApplicationDecided", 0, 7)
RAW = Record("ApplicationDecided", b"key", b"not JSON", (("ce_id", b"\xff"),))


class TestWhenARecordIsParked:
    async def test_it_is_listed_and_shown_as_it_came(self, counter: Counter) -> None:
        record = await self._parked(counter)
        [listed] = (await counter.get("/records/parked", Role.AUDITOR)).json()
        assert (listed["record"], listed["reason"], listed["offset"]) == (record, "not JSON", 7)
        raw = (await counter.get(f"/records/parked/{record}", Role.OPERATOR)).json()
        # base64 of "not JSON" and of the byte ff
        assert (raw["value"], raw["headers"]) == ("bm90IEpTT04=", [["ce_id", "/w=="]])

    async def test_a_retry_that_fails_tells_why(self, counter: Counter) -> None:
        record = await self._parked(counter)
        refused = await counter.post(f"/records/parked/{record}/retry", role=Role.OPERATOR)
        assert (refused.status_code, refused.json()["code"]) == (409, "still-unfit")

    async def test_it_can_be_given_up(self, counter: Counter) -> None:
        record = await self._parked(counter)
        assert (await self._discard(counter, record)).status_code == 200
        assert (await self._discard(counter, record)).status_code == 404

    async def test_what_names_no_record_is_refused(self, counter: Counter) -> None:
        for wrong in ("nothing", encode_cursor("cluster", "topic", 2**40, 0)):
            refused = await counter.get(f"/records/parked/{wrong}", Role.OPERATOR)
            assert (refused.status_code, refused.json()["code"]) == (400, "bad-cursor")

    async def _parked(self, counter: Counter) -> str:
        async with counter.node.log.pool.acquire() as connection:
            await park(connection, Seal(SECRET), [Refused(PLACE, RAW, "not JSON")])
        return encode_cursor(*PLACE)

    async def _discard(self, counter: Counter, record: str) -> Response:
        headers = counter.bearer(Role.OPERATOR) | {"Idempotency-Key": "discard"}
        return await counter.client.delete(f"{PREFIX}/records/parked/{record}", headers=headers)


class TestWhenAViewHoldsSomethingBack:
    async def test_a_retry_builds_it_anew(self, counter: Counter) -> None:
        application = await counter.registered()
        await eventually(lambda: listed(counter))  # else the view itself would release what is put there below
        [fact] = await counter.node.log.subjects([application])
        async with counter.node.log.pool.acquire() as connection:
            await hold(connection, "applications", [Hold(application, START, fact.id, error="KeyError")])
        [held] = (await counter.get("/parked", Role.OPERATOR)).json()
        assert (held["reader"], held["subject"], held["error"]) == ("applications", application, "KeyError")
        retried = await counter.post(f"/parked/applications/{application}/retry", role=Role.OPERATOR)
        assert retried.status_code == 200
        assert (await counter.get("/parked", Role.OPERATOR)).json() == []

    async def test_what_is_not_held_cannot_be_retried(self, counter: Counter) -> None:
        application = await counter.registered()
        for path in (f"/parked/applications/{application}", "/parked/applications/nothing", "/parked/nobody/nothing"):
            assert (await counter.post(f"{path}/retry", role=Role.OPERATOR)).status_code == 404


async def listed(counter: Counter) -> bool:
    return bool((await counter.get("/applications")).json()["items"])


class TestWhenAViewIsBuiltAnew:
    async def test_its_rows_are_counted(self, counter: Counter) -> None:
        await counter.registered()
        rebuilt = await counter.post("/views/applications/rebuild", role=Role.OPERATOR)
        assert rebuilt.json() == {"view": "applications", "rows": 1}

    async def test_one_that_there_is_none_of_is_told(self, counter: Counter) -> None:
        assert (await counter.post("/views/nothing/rebuild", role=Role.OPERATOR)).status_code == 404


class TestWhoMayOperate:
    async def test_a_clerk_may_not(self, counter: Counter) -> None:
        assert (await counter.get("/parked")).status_code == 403

    async def test_the_auditor_reads_and_changes_nothing(self, counter: Counter) -> None:
        assert (await counter.get("/parked", Role.AUDITOR)).json() == []
        assert (await counter.post("/views/applications/rebuild", role=Role.AUDITOR)).status_code == 403

    async def test_facts_are_shown_as_they_stand(self, counter: Counter) -> None:
        application = await counter.registered()
        [fact] = (await counter.get(f"/facts/{application}", Role.OPERATOR)).json()
        assert (fact["stream"], fact["version"], fact["origin"]) == (f"intake:{application}", 1, None)
        assert set(fact["data"]["applicant"]["name"]) == {"person", "sealed"}
