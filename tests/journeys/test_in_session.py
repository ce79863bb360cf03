"""The sitting: roll call and quorum, recusal, the open vote, who breaks a tie and who acts for the chair."""

import pytest

from tests.journeys.filing import COMMISSION, DECIDED, PRESENT, Sitting, convened, decided, discussed
from tests.journeys.town import Town, stated

EVERYBODY = ("chair", "deputy", "member-1", "member-2", "member-3")


async def recuse(town: Town, sitting: Sitting, member: str, by: str | None = None) -> None:
    path = f"{sitting.over[0].item}/recusals/{town.account(member)}"
    await town.do(by or member, path, {"reason": "Жақын туыс."})


async def vote_refused(town: Town, sitting: Sitting, member: str, choice: str, code: str) -> None:
    path = f"{sitting.over[0].item}/votes"
    await town.refused(member, path, {"choice": choice}, code=code, status=409)


class TestTheRollCall:
    async def test_two_of_five_are_no_quorum_so_the_agenda_opens_again(self, town: Town) -> None:
        sitting = await (await convened(town)).call_roll(("chair", "member-1"))
        shown = await sitting.shown()
        assert (shown["quorum"], shown["state"]) == (False, "no-quorum")
        state = await sitting.over[0].state()
        assert ([o["step"] for o in state["open"]], state["reopened"]) == (["convene"], ["convene"])
        assert "unscheduled-no-quorum" in [m["template"] for m in state["messages"]]
        await town.refused("secretary", f"{sitting.over[0].item}/note", {"note": "…"}, code="not-on-agenda", status=409)

    async def test_before_the_sitting_begins_there_is_none(self, town: Town) -> None:
        sitting = await convened(town)
        roll = {"present": [town.account(m) for m in PRESENT]}
        await town.refused("secretary", f"{sitting.path}/roll-call", roll, code="sitting-not-begun", status=409)

    async def test_only_the_bodys_secretary_calls_it(self, town: Town) -> None:
        sitting = await convened(town)
        roll = {"present": [town.account(m) for m in PRESENT]}
        await town.refused("member-1", f"{sitting.path}/roll-call", roll, code="wrong-role", status=403)

    async def test_who_isnt_a_member_isnt_called(self, town: Town) -> None:
        sitting = await convened(town)
        await town.at("2019-12-03 10:30")
        roll = {"present": [town.account("head")]}
        await town.refused("secretary", f"{sitting.path}/roll-call", roll, code="not-member", status=409)

    async def test_nothing_is_discussed_before_it(self, town: Town) -> None:
        sitting = await convened(town)
        await town.refused("secretary", f"{sitting.over[0].item}/note", {"note": "…"}, code="no-roll-call", status=409)


class TestTheOpenVote:
    async def test_more_for_than_against_grants(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote({"chair": "for", "member-1": "for", "member-2": "against"})
        await sitting.decide(at=DECIDED)
        count = await sitting.count()
        assert count == {
            "outcome": "granted",
            "in_favour": 2,
            "against": 1,
            "abstained": 0,
            "chair_broke_tie": False,
        }
        assert await sitting.over[0].open() == ["draw-protocol"]

    async def test_who_abstains_or_is_silent_counts_for_neither(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote({"chair": "for", "member-1": "abstain"})
        reasons = {"reasons": "Талқыланды."}
        path = f"{sitting.over[0].item}/decision"
        await town.refused("secretary", path, reasons, code="votes-missing", status=409)
        await sitting.decide(silent=["member-2"])
        count = await sitting.count()
        assert (count["outcome"], count["in_favour"], count["against"], count["abstained"]) == ("granted", 1, 0, 2)

    @pytest.mark.parametrize(("casting", "outcome"), [("for", "granted"), ("against", "refused")])
    async def test_the_chair_breaks_a_tie(self, town: Town, casting: str, outcome: str) -> None:
        sitting = await discussed(town, EVERYBODY[:4])
        other = {"for": "against", "against": "for"}[casting]
        await sitting.vote({"chair": casting, "deputy": other, "member-1": casting, "member-2": other})
        await sitting.decide()
        count = await sitting.count()
        assert (count["in_favour"], count["against"], count["chair_broke_tie"]) == (2, 2, True)
        assert count["outcome"] == outcome

    async def test_a_member_votes_once(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote({"member-1": "for"})
        await sitting.vote({"member-1": "for"})  # the same again changes nothing
        await vote_refused(town, sitting, "member-1", "against", "voted-already")

    async def test_who_is_absent_doesnt_vote(self, town: Town) -> None:
        await vote_refused(town, await discussed(town), "member-3", "for", "not-present")

    async def test_nobody_votes_before_the_discussion(self, town: Town) -> None:
        sitting = await (await convened(town)).call_roll()
        await vote_refused(town, sitting, "member-1", "for", "not-discussed")

    async def test_nobody_votes_after_it_is_closed(self, town: Town) -> None:
        await vote_refused(town, await decided(town), "member-1", "against", "item-decided")

    async def test_the_secretary_doesnt_vote(self, town: Town) -> None:
        await vote_refused(town, await discussed(town), "secretary", "for", "not-member")


class TestWhenAMemberIsRecused:
    async def test_they_count_for_the_quorum_and_not_for_the_vote(self, town: Town) -> None:
        sitting = await discussed(town)  # three of five
        await recuse(town, sitting, "member-2")
        await vote_refused(town, sitting, "member-2", "for", "recused-from-item")
        await sitting.vote({"chair": "for", "member-1": "for"})
        await sitting.decide()
        count = await sitting.count()
        assert (count["outcome"], count["in_favour"], count["against"]) == ("granted", 2, 0)

    async def test_the_secretary_may_record_it_on_their_word(self, town: Town) -> None:
        sitting = await discussed(town)
        await recuse(town, sitting, "member-2", by="secretary")
        recused = (await sitting.shown())["items"][0]["recused"]
        assert recused == {town.account("member-2"): "Жақын туыс."}

    async def test_not_after_having_voted(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote({"member-2": "for"})
        path = f"{sitting.over[0].item}/recusals/{town.account('member-2')}"
        await town.refused("member-2", path, {"reason": "Туыс."}, code="voted-already", status=409)

    async def test_where_all_are_recused_nothing_is_decided(self, town: Town) -> None:
        sitting = await discussed(town)
        for member in PRESENT:
            await recuse(town, sitting, member)
        body = {"reasons": "Талқыланды."}
        await town.refused("secretary", f"{sitting.over[0].item}/decision", body, code="nobody-may-vote", status=409)


class TestWhenTheDeputyActs:
    async def test_for_an_absent_chair_they_break_the_tie_and_approve(self, town: Town) -> None:
        sitting = await discussed(town, ("deputy", "member-1", "member-2", "member-3"))
        await sitting.vote({"deputy": "against", "member-1": "for", "member-2": "for", "member-3": "against"})
        await sitting.decide(at=DECIDED)
        count = await sitting.count()
        assert (count["outcome"], count["chair_broke_tie"]) == ("refused", True)
        protocol = await sitting.draw()
        assert protocol["approver"] == town.account("deputy")
        await sitting.sign("member-1", "member-2", "member-3")
        path, given = f"{sitting.path}/protocol/approval", {"digest": protocol["digest"]}
        await town.refused("chair", path, given, code="not-presiding", status=403)
        await sitting.approve(by="deputy")
        assert await sitting.over[0].open() == ["notify"]

    async def test_for_a_recused_chair_they_break_the_tie_on_that_item(self, town: Town) -> None:
        sitting = await discussed(town, ("chair", "deputy", "member-1"))
        await recuse(town, sitting, "chair")
        await sitting.vote({"deputy": "for", "member-1": "against"})
        await sitting.decide(at=DECIDED)
        count = await sitting.count()
        assert (count["outcome"], count["chair_broke_tie"]) == ("granted", True)
        # the chair presided over the sitting all the same
        assert (await sitting.draw())["approver"] == town.account("chair")


class TestWhatIsStatedAfterwards:
    async def test_the_decision_may_state_its_instant_but_not_one_ahead(self, town: Town) -> None:
        sitting = await discussed(town)
        await sitting.vote(dict.fromkeys(PRESENT, "for"))
        await town.at("2019-12-04 09:00")
        path = f"{sitting.over[0].item}/decision"
        ahead = {"reasons": "…", "at": stated("2019-12-04 09:30")}
        await town.refused("secretary", path, ahead, code="in-the-future", status=422)
        before = {"reasons": "…", "at": stated("2019-12-03 10:15")}
        await town.refused("secretary", path, before, code="before-its-ground", status=422)
        await town.do("secretary", path, {"reasons": "…", "at": stated("2019-12-03 11:00")})
        state = await sitting.over[0].state()
        done = next(a for a in state["actions"] if a["code"] == "sitting")
        assert done["completed_at"] == "2019-12-03T11:00:00+06:00"

    async def test_sittings_are_listed_by_body(self, town: Town) -> None:
        sitting = await convened(town)
        await sitting.over[0].state()
        listed = await town.get("secretary", f"{COMMISSION}/sittings", body=town.stage.body, limit=200)
        while sitting.id not in {s["id"] for s in listed["items"]}:
            listed = await town.get("secretary", f"{COMMISSION}/sittings", body=town.stage.body, limit=200)
