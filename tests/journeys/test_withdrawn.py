"""The applicant asks to withdraw: granted until the vote is closed, declined after it with both instants."""

import pytest

from tests.journeys.filing import DECIDED, admitted, approved, convened, decided, discussed, registered
from tests.journeys.town import Town, stated


class TestBeforeTheVoteIsClosed:
    async def test_intake_grants_it_at_once_while_it_has_the_case(self, town: Town) -> None:
        filing = await registered(town)
        await filing.withdraw()
        state = await filing.state()
        assert (state["status"]["code"], state["result"]["event"]) == ("withdrawn", "ApplicationWithdrawn")
        assert state["withdrawal"] is None

    async def test_the_commission_grants_it_once_it_has_the_case(self, town: Town) -> None:
        filing = await admitted(town)
        await filing.withdraw()
        assert (await filing.state())["status"]["code"] == "withdrawn"

    async def test_it_leaves_the_agenda_and_the_others_stay(self, town: Town) -> None:
        sitting = await convened(town, 2)
        goes, stays = sitting.over
        await goes.withdraw()
        assert (await goes.state())["status"]["code"] == "withdrawn"
        items = {i["application"]: i["off"] for i in (await sitting.shown())["items"]}
        assert items == {goes.id: "withdrawn", stays.id: None}
        await sitting.call_roll()
        await sitting.discuss(stays)
        await sitting.vote(dict.fromkeys(sitting.present, "for"), stays)
        await sitting.decide(stays)
        assert await stays.open() == ["draw-protocol"]

    async def test_while_votes_are_cast_it_is_still_granted(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote({"chair": "for", "member-1": "for"})
        filing = sitting.over[0]
        await filing.withdraw()
        assert (await filing.state())["status"]["code"] == "withdrawn"
        path = f"{filing.item}/votes"
        await town.refused("member-2", path, {"choice": "for"}, code="not-on-agenda", status=409)

    async def test_the_clerk_records_it_at_the_counter(self, town: Town) -> None:
        filing = await admitted(town)
        await town.at("2019-11-27 10:00")
        asked = {"at": stated("2019-11-27 09:30")}
        await town.do("clerk", f"{filing.path}/withdrawal", asked)
        state = await filing.state()
        message = next(m for m in state["messages"] if m["template"] == "withdrawal-granted")
        assert (state["status"]["code"], "09:30" in message["text"]) == ("withdrawn", True)

    async def test_a_case_that_has_ended_isnt_withdrawn(self, town: Town) -> None:
        filing = await registered(town)
        await filing.withdraw()
        path = f"{filing.path}/withdrawal"
        await town.refused(filing.applicant, path, {}, code="case-ended", status=409)

    async def test_nobody_elses(self, town: Town) -> None:
        filing = await registered(town)
        stranger = town.applicant(town.account("agency"))
        await town.refused(stranger, f"{filing.path}/withdrawal", {}, code="unknown-application", status=404)


class TestAfterTheVoteIsClosed:
    async def test_it_is_declined_with_both_instants(self, town: Town) -> None:
        sitting = await decided(town)
        await town.at("2019-12-04 09:00")
        filing = sitting.over[0]
        await filing.withdraw()
        state = await filing.state()
        message = next(m for m in state["messages"] if m["template"] == "withdrawal-declined")
        assert (state["status"]["code"], state["withdrawal"]) == ("in-progress", None)
        for moment in ("4 December 2019", "09:00", "3 December 2019", "11:00"):
            assert moment in message["text"].replace("\u202f", " "), message
        assert await filing.open() == ["draw-protocol"]

    async def test_who_asked_before_it_is_told_of_declining_the_contract(self, town: Town) -> None:
        sitting = await discussed(town)
        filing = sitting.over[0]
        await sitting.vote(dict.fromkeys(sitting.present, "for"))
        await sitting.decide(at=DECIDED)
        # asked at the counter at 10:45, recorded only after the vote was closed at 11:00
        await town.do("clerk", f"{filing.path}/withdrawal", {"at": stated("2019-12-03 10:45")})
        templates = [m["template"] for m in (await filing.state())["messages"]]
        assert "withdrawal-declined-contract" in templates

    @pytest.mark.parametrize("told", [False, True])
    async def test_it_goes_on_to_its_contract(self, town: Town, told: bool) -> None:
        filing = (await approved(town)).over[0]
        if told:
            await filing.tell()
        before = await filing.open()
        await filing.withdraw()
        assert await filing.open() == before
