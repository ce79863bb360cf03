"""The cabinet over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from services.notification.cabinet.after import wait_until_seen
from services.notification.main import cabinet_app, notification_app
from services.notification.refusals import BadAfter
from shared.identity.roles import Role
from shared.kernel.follow import cursor
from shared.web.access import routes_without_role
from shared.web.idempotency import commands_without_key
from tests.notification.conftest import KEY, SECRET, House, token
from tests.notification.story import Story
from tests.support.waiting import eventually

ALIYA = UUID(int=101)


@pytest.fixture
async def cabinet(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = cabinet_app(house.node, KEY.public_key(), SECRET)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/cabinet/v1") as client:
        client.headers["Authorization"] = f"Bearer {token(ALIYA, Role.APPLICANT)}"
        yield client


class TestTheRoutes:
    def test_each_says_for_whom_it_is(self, house: House) -> None:
        for app in (
            cabinet_app(house.node, KEY.public_key(), SECRET),
            notification_app(house.node, KEY.public_key(), SECRET),
        ):
            assert routes_without_role(app) == []
            assert commands_without_key(app) == []
            assert app.openapi()["openapi"] == "3.1.0"


class TestWhenTwoApplicationsAreRegistered:
    @pytest.fixture(autouse=True)
    async def two(self, house: House, story: Story) -> None:
        self.older, self.newer, other = story, await house.story(ALIYA), await house.story()
        story.account = ALIYA
        await story.registered()
        await self.newer.registered(shift=timedelta(hours=1))
        await other.registered()
        await house.settled()

    async def test_only_ones_own_are_listed_newest_first(self, cabinet: httpx.AsyncClient) -> None:
        items = (await cabinet.get("/applications", headers={"Accept-Language": "en"})).json()["items"]
        assert [i["id"] for i in items] == [self.newer.subject, self.older.subject]
        assert items[0]["status"] == {"code": "in-progress", "title": "Under consideration"}

    async def test_pages_follow_one_another(self, cabinet: httpx.AsyncClient) -> None:
        first = (await cabinet.get("/applications?limit=1")).json()
        second = (await cabinet.get("/applications", params={"cursor": first["next"]})).json()
        assert [i["id"] for i in (*first["items"], *second["items"])] == [self.newer.subject, self.older.subject]
        assert second["next"] is None

    async def test_one_is_told_whole_with_its_version(self, cabinet: httpx.AsyncClient) -> None:
        answer = await cabinet.get(f"/applications/{self.older.subject}", headers={"Accept-Language": "ru"})
        assert (answer.status_code, answer.headers["ETag"], answer.headers["Content-Language"]) == (200, '"1"', "ru")
        state = answer.json()
        assert state["timeline"][0]["because"] == ["Начало отсчёта: 25 ноября 2019\u202fг., 10:00"]
        assert state["total_due"] == "2020-01-10T18:30:00+06:00"
        assert [a["code"] for a in state["actions"]] == ["register"]
        assert [o["step"] for o in state["open"]] == ["check"]

    async def test_anothers_isnt_found(self, cabinet: httpx.AsyncClient) -> None:
        cabinet.headers["Authorization"] = f"Bearer {token(uuid4(), Role.APPLICANT)}"
        answer = await cabinet.get(f"/applications/{self.older.subject}", headers={"Accept-Language": "kk"})
        assert (answer.status_code, answer.json()["title"]) == (404, "Мұндай жазба табылмады")


class TestWhenAReaderComesRightAfterTheCommand:
    async def test_the_answer_waits_for_it(self, cabinet: httpx.AsyncClient, house: House, story: Story) -> None:
        story.account, story.under_way = ALIYA, True
        registration = await story.registered()
        after = f"intake:{story.subject}@1"
        reading = asyncio.create_task(cabinet.get(f"/applications/{story.subject}", params={"after": after}))
        await eventually(lambda: _waits(house))
        await story.come(registration)
        answer = await reading
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert "Reglament-Behind" not in answer.headers

    async def test_it_is_told_when_the_fact_doesnt_come(
        self, cabinet: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        story.account = ALIYA
        await story.registered()
        await house.settled()
        answer = await cabinet.get(f"/applications/{story.subject}?after=intake:{story.subject}@2")
        assert (answer.status_code, answer.headers["Reglament-Behind"]) == (200, "true")

    async def test_an_application_that_hasnt_come_yet_is_to_be_asked_for_again(
        self, cabinet: httpx.AsyncClient, story: Story
    ) -> None:
        path = f"/applications/{story.subject}"
        answer = await cabinet.get(path, params={"after": f"intake:{story.subject}@1"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (404, "1")
        assert "Retry-After" not in (await cabinet.get(path)).headers

    async def test_a_gap_before_it_counts_as_not_seen(self, house: House, story: Story) -> None:
        await story.registered()
        story.under_way = True
        missing, newest = await story.admitted(), await story.asked_to_withdraw(house.clock.at)
        await story.come(newest)
        await house.settled()
        assert not await wait_until_seen(house.log, "cabinet", f"intake:{story.subject}@3", longest=0.01)
        await story.come(missing)
        assert await wait_until_seen(house.log, "cabinet", f"intake:{story.subject}@3")

    async def test_a_rebuild_forgets_nothing(self, house: House, story: Story) -> None:
        await story.registered()
        await house.settled()
        await house.node.projectors[0].rebuild()
        assert await wait_until_seen(house.log, "cabinet", f"intake:{story.subject}@1")

    @pytest.mark.parametrize("wrong", ["x", "intake:x@0", "intake:x@-1", "@1", "intake:x@1 ", "intake:x@9999999999"])
    async def test_what_is_no_token_is_refused(self, house: House, wrong: str) -> None:
        with pytest.raises(BadAfter):
            await wait_until_seen(house.log, "cabinet", wrong)


async def _waits(house: House) -> bool:
    """A reader has put up its bell."""
    await cursor(house.log, "cabinet")
    return bool(house.log.readers)
