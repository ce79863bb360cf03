"""A case whose edition hasn't come waits and says which; no other case waits with it."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from services.notification.main import notification_app
from shared.identity.roles import Role
from shared.procedure.act import Edition
from shared.procedure.editions import publish
from tests.notification.conftest import KEY, SECRET, House, token
from tests.notification.story import PROVIDER, Story

AWAITED = "select awaits from held where reader = 'cabinet' and subject = $1"


@pytest.fixture
async def without_edition(house: House, story: Story) -> Story:
    """Registered under an edition that says something else and was never told here."""
    waiting = await house.story()
    edition = story.published.edition
    other = edition.procedure.model_copy(update={"code": "other-ideas"})
    waiting.published = publish(Edition(act=edition.act, procedure=other))
    await waiting.registered()
    await house.settled()
    return waiting


class TestWhenTheEditionOfACaseIsMissing:
    async def test_the_case_waits_for_it_by_name(self, house: House, without_edition: Story) -> None:
        assert await house.row(without_edition) is None
        assert await house.log.pool.fetchval(AWAITED, without_edition.subject) == [without_edition.published.digest]

    async def test_a_command_about_it_is_refused_naming_it(self, house: House, without_edition: Story) -> None:
        app = notification_app(house.node, KEY.public_key(), SECRET)
        headers = {
            "Authorization": f"Bearer {token(uuid4(), Role.CHANCELLERY, provider=PROVIDER)}",
            "Idempotency-Key": str(uuid4()),
            "Accept-Language": "en",
        }
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            path = f"/api/notification/v1/applications/{without_edition.application}/notices"
            answer = await client.post(path, json={"channel": "paper"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-open-yet")
        assert without_edition.published.digest in answer.text

    async def test_another_case_goes_on(self, house: House, story: Story, without_edition: Story) -> None:
        await story.registered(shift=timedelta(minutes=1))
        row = await house.row(story)
        assert row is not None
        assert row["number"] == "KRG/2019/000001"

    async def test_once_it_comes_the_case_is_taken_up(self, house: House, without_edition: Story) -> None:
        await without_edition.publish_edition()
        assert await house.row(without_edition) is not None
