"""Telling the applicant: by itself after the check, by the chancellery after the approval."""

import json

import pytest

from services.notification.notice.handlers import TellApplicant, tell_applicant
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.kernel.node import Command
from shared.kernel.work import SYSTEM
from shared.procedure.refusals import BeforeItsGround, InTheFuture, StepNotOpenYet
from tests.notification.conftest import House
from tests.notification.story import PROVIDER, Story, clerk, utc


class TestWhenTheCheckIsDone:
    async def test_the_notice_goes_out_by_itself(self, house: House, story: Story) -> None:
        await story.registered()
        checked = await story.admitted()
        [told] = await house.own_facts(story)
        said = json.loads(told.data)
        assert (told.type, said["template"], said["channel"]) == ("ApplicantNotified", "check-admitted", "cabinet")
        # §5.2: the telling belongs to the check's action, 2 working days from the registration: Wednesday 18:30.
        step = said["step"]
        assert (step["step"], step["outcome"], step["paragraph"]) == ("tell-admission", "admitted", "§5.2")
        assert (step["happened_at"], step["due"]) == ("2019-11-26T09:05:00Z", "2019-11-27T12:30:00Z")
        assert step["rests_on"] == [str(checked.id)]

    async def test_it_is_never_told_before_what_it_rests_on(self, house: House, story: Story) -> None:
        house.clock.at = utc(11, 26, 8)  # a demonstration clock was moved back, the check was at 09:00
        await story.registered()
        await story.admitted()
        [told] = await house.own_facts(story)
        assert json.loads(told.data)["happened_at"] == "2019-11-26T09:00:00Z"

    async def test_a_refusal_is_told_and_ends_the_case(self, house: House, story: Story) -> None:
        await story.registered()
        await story.refused()
        [told] = await house.own_facts(story)
        assert json.loads(told.data)["template"] == "check-refused"
        assert (await house.state(story))["status"]["code"] == "refused"


class TestWhenTheAdmissionCameFirst:
    async def test_the_notice_waits_for_the_registration_and_goes_out_once(self, house: House, story: Story) -> None:
        story.under_way = True
        registration, admission = await story.registered(), await story.admitted()
        await story.come(admission)
        assert await house.own_facts(story) == []
        await story.come(registration)
        await story.come(admission)
        assert [f.type for f in await house.own_facts(story)] == ["ApplicantNotified"]


class TestWhenTheProtocolIsApproved:
    @pytest.fixture(autouse=True)
    async def approved(self, house: House, story: Story) -> None:
        await house.until_approved(story)

    async def test_the_chancellery_tells_it(self, house: House, story: Story) -> None:
        performed = await house.node.perform(_telling(story, clerk()), SYSTEM)
        told = (await house.own_facts(story))[-1]
        said = json.loads(told.data)
        assert performed.token == f"notification:{story.subject}@2"
        assert (said["template"], said["channel"], said["notice"]) == (
            "approve-protocol-granted",
            "paper",
            performed.result,
        )
        # §5.7: 1 working day from the approval on Monday 9 December 10:00: Tuesday 18:30.
        assert (said["step"]["outcome"], said["step"]["due"]) == ("granted", "2019-12-10T12:30:00Z")
        meta = json.loads(told.meta)
        assert (meta["role"], meta["provider"]) == ("chancellery", PROVIDER)

    async def test_telling_again_changes_nothing(self, house: House, story: Story) -> None:
        first = await house.node.perform(_telling(story, clerk()), SYSTEM)
        again = await house.node.perform(_telling(story, clerk()), SYSTEM)
        assert (again.result, again.token) == (first.result, "")
        assert len(await house.own_facts(story)) == 2

    async def test_another_provider_may_not(self, house: House, story: Story) -> None:
        with pytest.raises(NotYourProvider):
            await house.node.perform(_telling(story, clerk(provider="elsewhere")), SYSTEM)

    async def test_another_role_may_not(self, house: House, story: Story) -> None:
        with pytest.raises(NotYourProvider):
            await house.node.perform(_telling(story, clerk(Role.EXECUTOR)), SYSTEM)

    async def test_it_is_not_told_before_the_approval_nor_in_the_future(self, house: House, story: Story) -> None:
        with pytest.raises(BeforeItsGround):
            await house.node.perform(_telling(story, clerk(), hour=3), SYSTEM)
        with pytest.raises(InTheFuture):
            await house.node.perform(_telling(story, clerk(), hour=10), SYSTEM)


class TestBeforeTheApproval:
    async def test_there_is_nothing_to_tell_yet(self, house: House, story: Story) -> None:
        await story.registered()
        with pytest.raises(StepNotOpenYet) as refused:
            await house.node.perform(_telling(story, clerk()), SYSTEM)
        assert refused.value.params["awaited"] == "approve-protocol"


def _telling(story: Story, caller: Caller, hour: int | None = None) -> Command:
    at = utc(12, 9, hour) if hour else None
    return lambda work: tell_applicant(work, TellApplicant(story.application, caller, "paper", at))
