"""The sweep: overdue is told once, never while a source may hold a timely act, and taken back when the act was timely."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from services.notification.deadline.rules import rules
from services.notification.deadline.sweep import sweep_once
from shared.kernel.log import Row
from tests.notification.conftest import House
from tests.notification.story import Story, sources_come, utc

# The check is due on Wednesday 27 November 18:30: 2 working days from Monday 10:10.
DUE = utc(11, 27, 12, 30)
AFTER_GRACE = DUE + rules().grace + timedelta(seconds=1)


async def escalations(house: House, story: Story) -> list[Row]:
    return [r for r in await house.own_facts(story) if r.type != "ApplicantNotified"]


class TestWhenTheCheckIsOverdue:
    @pytest.fixture(autouse=True)
    async def overdue(self, house: House, story: Story) -> None:
        await story.registered()
        await house.settled()
        house.clock.at = AFTER_GRACE
        await sources_come(house.log)

    async def test_the_head_is_told_once(self, house: House, story: Story) -> None:
        assert await sweep_once(house.node) == 1
        assert await sweep_once(house.node) == 0
        [told] = await escalations(house, story)
        said = json.loads(told.data)
        assert (told.type, said["action"], said["escalated_step"]) == ("ActionEscalated", "check", "check")
        assert (said["due"], said["to"]) == ("2019-11-27T12:30:00Z", "head")
        assert await sweep_once(house.node) == 0

    async def test_it_is_shown_in_cabinet_and_queue(self, house: House, story: Story) -> None:
        await sweep_once(house.node)
        [opened] = (await house.state(story))["open"]
        assert opened["escalated"]
        assert await house.log.pool.fetchval("select escalated from views.queue where subject = $1", story.subject)

    async def test_two_sweeps_at_once_tell_it_once(self, house: House, story: Story) -> None:
        await asyncio.gather(*(sweep_once(house.node) for _ in range(4)))
        assert len(await escalations(house, story)) == 1

    async def test_not_within_the_grace(self, house: House, story: Story) -> None:
        house.clock.at = AFTER_GRACE - timedelta(seconds=1)
        assert await sweep_once(house.node) == 0

    async def test_not_while_a_source_lags(self, house: House, story: Story) -> None:
        lagging = datetime.now(UTC) - rules().grace - timedelta(minutes=1)
        await sources_come(house.log, lagging)
        assert await sweep_once(house.node) == 0
        assert await escalations(house, story) == []

    async def test_not_while_a_source_was_never_heard_of(self, house: House, story: Story) -> None:
        await house.log.pool.execute("delete from watermarks where source = 'commission'")
        assert await sweep_once(house.node) == 0

    async def test_a_case_that_cant_be_read_stops_nobody(self, house: House, story: Story) -> None:
        await house.log.pool.execute(
            "insert into views.queue(subject, step, part, role, provider, due, escalated, shown)"
            " values('nobody', 'check', '', 'executor', 'x', $1, false, '{}')",
            DUE - timedelta(days=9),
        )
        assert await sweep_once(house.node) == 1
        assert len(await escalations(house, story)) == 1

    async def test_a_timely_check_recorded_late_withdraws_it(self, house: House, story: Story) -> None:
        await sweep_once(house.node)
        await house.settled()
        await story.admitted(utc(11, 27, 12, 30))
        assert [f.type for f in await escalations(house, story)] == ["ActionEscalated", "EscalationWithdrawn"]
        assert not (await house.state(story))["open"][0]["escalated"]

    async def test_a_late_check_leaves_it_standing(self, house: House, story: Story) -> None:
        await sweep_once(house.node)
        await house.settled()
        await story.admitted(utc(11, 27, 12, 31))
        assert [f.type for f in await escalations(house, story)] == ["ActionEscalated"]
        [check] = [e for e in (await house.state(story))["timeline"] if e["step"] == "check"]
        assert check["late"]
