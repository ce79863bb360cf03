"""The head suspends a case and gives an action more time, where the procedure's data allow it.

Karaganda, new business ideas, varied. Registered on Monday 25 November 2019, 10:10; the check has 2 working days.
"""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from httpx import Response

from services.intake.main import publish_editions
from shared.identity.roles import Role
from tests.intake.counter import IDEAS, Counter
from tests.procedure.invented import varied
from tests.support.stores import FixedClock

ALLOWED = {
    "suspension": {"role": "head", "assumed": True},
    "extension": {"role": "head", "actions": {"check": {"working_days": 5}}, "assumed": True},
}
SUSPENDED = {"until": "2019-12-06T18:30:00+06:00", "reason": "Сот шешімі күтілуде."}
EXTENDED = {"action": "check", "term": {"working_days": 4}, "reason": "Жоба көп бөлімді."}


@pytest.fixture
async def application(counter: Counter) -> str:
    await publish_editions(counter.node, [varied(IDEAS, **ALLOWED)])
    return await counter.registered()


def now(counter: Counter, day: int, hour: int, minute: int = 0) -> None:
    """November 2019 in Almaty."""
    cast("FixedClock", counter.node.clock).at = datetime(2019, 11, day, hour - 6, minute, tzinfo=UTC)


async def change(
    counter: Counter, application: str, what: str, body: dict[str, Any], role: Role = Role.HEAD
) -> Response:
    return await counter.post(f"/applications/{application}/{what}", body, role)


async def check_due(counter: Counter, application: str) -> str:
    [opened] = (await counter.shown(application))["open"]
    return str(opened["due"])


class TestWhenTheHeadSuspendsACase:
    async def test_no_term_runs_until_then(self, counter: Counter, application: str) -> None:
        now(counter, 26, 10)
        assert (await change(counter, application, "suspension", SUSPENDED)).status_code == 200
        # paused from Tuesday 26 November to Friday 6 December: Monday 9, Tuesday 10
        assert await check_due(counter, application) == "2019-12-10T18:30:00+06:00"
        assert "Сот" not in str(await counter.facts(application))

    async def test_the_total_moves_too(self, counter: Counter, application: str) -> None:
        before = (await counter.shown(application))["total_due"]
        now(counter, 26, 10)
        await change(counter, application, "suspension", SUSPENDED)
        # eight working days paused (26-29 November, 3-6 December; Monday 2 December is off) after 13 January 2020:
        # 14, 15, 16, 17, 20, 21, 22, 23 January
        assert before == "2020-01-13T18:30:00+06:00"
        assert (await counter.shown(application))["total_due"] == "2020-01-23T18:30:00+06:00"

    async def test_it_goes_on_before_when_the_head_says_so(self, counter: Counter, application: str) -> None:
        now(counter, 26, 10)
        await change(counter, application, "suspension", SUSPENDED)
        now(counter, 27, 10)
        assert (await change(counter, application, "resumption", {"reason": "Сот шешті."})).status_code == 200
        # Thursday 28, Friday 29
        assert await check_due(counter, application) == "2019-11-29T18:30:00+06:00"

    @pytest.mark.parametrize(
        ("what", "body", "code"),
        [
            ("suspension", SUSPENDED, "stands-already"),
            ("resumption", {"reason": "-", "at": "2019-11-26T09:00:00+06:00"}, "before-its-ground"),
            ("resumption", {"reason": "-", "at": "2019-11-26T11:00:00+06:00"}, "in-the-future"),
        ],
    )
    async def test_what_does_not_fit_is_refused(
        self, counter: Counter, application: str, what: str, body: dict[str, Any], code: str
    ) -> None:
        now(counter, 26, 10)
        await change(counter, application, "suspension", SUSPENDED)
        assert (await change(counter, application, what, body)).json()["code"] == code


class TestWhenTheHeadGivesMoreTime:
    async def test_the_action_is_due_later_and_says_until_when_it_was(self, counter: Counter, application: str) -> None:
        # 4 from Monday 25: Tuesday 26 to Friday 29
        assert (await change(counter, application, "extensions", EXTENDED)).status_code == 200
        assert await check_due(counter, application) == "2019-11-29T18:30:00+06:00"
        [opened] = (await counter.shown(application))["open"]
        said = "Extended at 25 November 2019, 10:10; before that it was due 27 November 2019, 18:30"
        assert said in (await counter.get(f"/applications/{application}", language="en")).json()["open"][0]["because"]
        assert len(opened["because"]) > 3

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"term": {"working_days": 2}}, "not-longer"),
            ({"term": {"working_days": 6}}, "not-longer"),
            ({"term": {"months": 1}}, "not-longer"),
            ({"action": "agenda"}, "step-not-open-yet"),
        ],
    )
    async def test_what_does_not_fit_is_refused(
        self, counter: Counter, application: str, changed: dict[str, Any], code: str
    ) -> None:
        assert (await change(counter, application, "extensions", EXTENDED | changed)).json()["code"] == code

    async def test_a_term_that_is_over_is_not_extended(self, counter: Counter, application: str) -> None:
        now(counter, 27, 18, 31)
        refused = await change(counter, application, "extensions", EXTENDED)
        assert (refused.status_code, refused.json()["code"], refused.json()["paragraph"]) == (409, "term-over", "§5.2")


class TestWhoeverElseTries:
    async def test_is_refused_in_another_role(self, counter: Counter, application: str) -> None:
        assert (await change(counter, application, "suspension", SUSPENDED, Role.EXECUTOR)).json()[
            "code"
        ] == "not-your-provider"

    async def test_is_refused_when_another_service_has_the_case(self, counter: Counter, application: str) -> None:
        await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        assert (await change(counter, application, "suspension", SUSPENDED)).json()["code"] == "not-in-custody"

    async def test_is_refused_where_nothing_is_suspended(self, counter: Counter, application: str) -> None:
        assert (await change(counter, application, "resumption", {"reason": "-"})).json()["code"] == "not-suspended"

    async def test_is_refused_an_end_before_the_beginning(self, counter: Counter, application: str) -> None:
        body = SUSPENDED | {"until": "2019-11-25T10:00:00+06:00"}
        assert (await change(counter, application, "suspension", body)).json()["code"] == "ends-before-it-begins"

    async def test_is_refused_where_the_data_do_not_allow_it(self, counter: Counter) -> None:
        application = await counter.registered()
        assert (await change(counter, application, "suspension", SUSPENDED)).json()["code"] == "not-provided-for"
        assert (await change(counter, application, "extensions", EXTENDED)).json()["code"] == "not-provided-for"
