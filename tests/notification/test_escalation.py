"""The sweep: overdue is told once, never while a source may hold a timely act, and taken back when the act was timely."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from services.notification.cabinet.render import render
from services.notification.deadline.rules import rules
from services.notification.deadline.sweep import sweep_once
from services.notification.notice.handlers import TellApplicant, tell_applicant
from shared.contracts.case import CaseSuspended
from shared.kernel.log import Batch, Row
from shared.kernel.work import SYSTEM
from tests.notification.conftest import House
from tests.notification.story import Story, clerk, sources_come, utc

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


class TestWhenATermTurnsOutToEndLater:
    """The check was escalated; then a suspension of Tuesday 26 November comes, until Thursday 28: Friday 29, Monday 2
    December is a day off, Tuesday 3."""

    @pytest.fixture(autouse=True)
    async def suspended_after_all(self, house: House, story: Story) -> None:
        await story.registered()
        await house.settled()
        house.clock.at = AFTER_GRACE
        await sources_come(house.log)
        await sweep_once(house.node)
        await house.settled()
        until, reason = utc(11, 28, 12, 30), story.personal("Сот шешімі күтілуде.")
        await story.tell("intake", CaseSuspended(happened_at=utc(11, 26, 4), until=until, reason=reason))

    async def test_the_escalation_is_withdrawn(self, house: House, story: Story) -> None:
        told, withdrawn = await escalations(house, story)
        assert json.loads(withdrawn.data)["why"] == "term-moved"
        assert json.loads(withdrawn.data)["due"] == json.loads(told.data)["due"]
        [opened] = (await house.state(story))["open"]
        assert (opened["due"], opened["escalated"]) == ("2019-12-03T18:30:00+06:00", False)

    async def test_it_is_told_anew_once_the_moved_term_is_over(self, house: House, story: Story) -> None:
        await house.settled()
        house.clock.at = utc(12, 3, 12, 30) + rules().grace
        assert await sweep_once(house.node) == 0
        house.clock.at += timedelta(seconds=1)
        assert await sweep_once(house.node) == 1
        await house.settled()
        assert await sweep_once(house.node) == 0
        assert [f.type for f in await escalations(house, story)] == [
            "ActionEscalated", "EscalationWithdrawn", "ActionEscalated",
        ]  # fmt: skip

    async def test_a_check_in_the_moved_term_leaves_it_withdrawn(self, house: House, story: Story) -> None:
        await story.admitted(utc(12, 3, 12, 30))
        assert [f.type for f in await escalations(house, story)] == ["ActionEscalated", "EscalationWithdrawn"]
        [check] = [e for e in (await house.state(story))["timeline"] if e["step"] == "check"]
        assert not check["late"]


class TestWhenManyAreOverdue:
    async def test_each_is_told_once_though_one_cant_be_read_and_another_moves_meanwhile(self, house: House) -> None:
        stories = [await house.story() for _ in range(5)]
        await stories[0].publish_edition()
        for told in stories:
            await told.registered()
        await house.settled()
        await house.log.pool.execute(
            "insert into views.queue(subject, step, part, role, provider, due, escalated, shown)"
            " values('nobody', 'check', '', 'executor', 'x', $1, false, '{}')",
            DUE,
        )
        house.clock.at = AFTER_GRACE
        await sources_come(house.log)
        await asyncio.gather(sweep_once(house.node), sweep_once(house.node))
        await sweep_once(house.node)
        assert [len(await escalations(house, told)) for told in stories] == [1] * 5


class TestWhenOneOfManyCantBeWritten:
    async def test_the_others_are_told_all_the_same(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        stories = [await house.story() for _ in range(3)]
        await stories[0].publish_edition()
        for told in stories:
            await told.registered()
        await house.settled()
        house.clock.at = AFTER_GRACE
        await sources_come(house.log)
        append = house.log.append

        async def refuse_one(batch: Batch) -> None:
            if any(row.subject == stories[1].subject for row in batch.rows):
                raise ValueError("can't be written")
            await append(batch)

        monkeypatch.setattr(house.log, "append", refuse_one)
        assert await sweep_once(house.node) == 2
        assert [len(await escalations(house, told)) for told in stories] == [1, 0, 1]


class TestWhenTheSittingWasCancelled:
    """Convening was due on Wednesday 27 November 18:30: 1 working day from the check on Tuesday."""

    @pytest.fixture(autouse=True)
    async def admitted(self, house: House, story: Story) -> None:
        await story.registered()
        await story.admitted()
        await house.settled()

    async def cancelled(self, house: House, story: Story, convened: datetime) -> None:
        await story.scheduled(convened)
        await story.unscheduled(utc(12, 3, 4))
        await house.settled()
        house.clock.at = utc(12, 3, 5)
        await sources_come(house.log)

    async def test_a_convening_that_was_once_in_time_is_not_escalated(self, house: House, story: Story) -> None:
        await self.cancelled(house, story, utc(11, 27, 12, 30))
        assert await sweep_once(house.node) == 0
        [opened] = render(await house.state(story), "en", house.clock.at)["open"]
        assert (opened["step"], opened["due"]) == ("convene", "2019-11-27T18:30:00+06:00")
        assert (opened["once_in_time"], opened["overdue"]) == (True, False)

    async def test_one_that_was_late_is(self, house: House, story: Story) -> None:
        await self.cancelled(house, story, utc(11, 27, 12, 31))
        assert await sweep_once(house.node) == 1
        [opened] = render(await house.state(story), "en", house.clock.at)["open"]
        assert (opened["once_in_time"], opened["overdue"]) == (False, True)

    async def test_an_escalation_is_withdrawn_when_the_timely_convening_comes_after_all(
        self, house: House, story: Story
    ) -> None:
        house.clock.at = utc(12, 3, 5)
        await sources_come(house.log)
        assert await sweep_once(house.node) == 1
        story.under_way = True
        convening, cancelling = await story.scheduled(), await story.unscheduled(utc(12, 3, 4))
        await story.come(convening, cancelling)
        assert [f.type for f in await escalations(house, story)] == ["ActionEscalated", "EscalationWithdrawn"]


class TestWhenOnePartyOfThreeSignedInTime:
    async def test_the_contract_is_escalated_all_the_same(self, house: House, story: Story) -> None:
        await house.until_approved(story)
        told = TellApplicant(story.application, clerk(), "paper")
        await house.node.perform(lambda work: tell_applicant(work, told), SYSTEM)
        await house.settled()
        await story.contract_signed("provider", 12)
        await house.settled()
        # 10 working days from Monday 9 December; 16 and 17 were holidays: Wednesday 25 December
        house.clock.at = utc(12, 25, 12, 36)
        await sources_come(house.log)
        assert await sweep_once(house.node) == 1
        [opened] = (await house.state(story))["open"]
        assert (opened["missing"], opened["once_in_time"]) == (["financial-agency", "applicant"], False)
