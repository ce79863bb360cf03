"""From the check to the sitting's beginning: agenda, convocations, postponing, cancelling, moving, joining."""

from tests.journeys.filing import (
    COMMISSION,
    NOTIFICATION,
    SITS,
    admitted,
    appoint,
    approved,
    body_of_its_own,
    convene,
    convened,
    registered,
)
from tests.journeys.town import Town, stated


class TestWhenAnApplicationIsRegistered:
    async def test_admitting_it_opens_the_agenda_and_the_notice_goes_out_by_itself(self, town: Town) -> None:
        filing = await admitted(town)
        state = await filing.state()
        # one working day from the check, Tuesday 26: Wednesday 27
        opened = [(o["step"], o["role"], o["due"], o["paragraph"]) for o in state["open"]]
        assert opened == [("convene", "executor", "2019-11-27T18:30:00+06:00", "§5.3")]
        told = next(e for e in state["timeline"] if e["event"] == "ApplicantNotified")
        assert (told["role"], told["outcome"], told["paragraph"]) == ("system", "admitted", "§5.2")

    async def test_refusing_it_ends_the_case_with_ground_and_reasons(self, town: Town) -> None:
        filing = await registered(town)
        await filing.refuse()
        state = await filing.state()
        assert state["status"]["code"] == "refused"
        assert state["result"]["ground"] == "The package of documents is incomplete"
        assert state["result"]["reasons"] == "Топтамада бизнес-жоспардың сметасы жоқ."
        await town.refused("executor", f"{filing.path}/admission", {}, code="case-ended", status=409)

    async def test_an_unknown_ground_is_refused(self, town: Town) -> None:
        filing = await registered(town)
        await town.at("2019-11-26 15:00")
        body = {"ground": "weather", "reasons": "Жаңбыр."}
        await town.refused("executor", f"{filing.path}/refusal", body, code="unknown-ground", status=422)

    async def test_a_check_before_the_registration_is_refused_with_both_instants(self, town: Town) -> None:
        filing = await registered(town)
        body = {"at": stated("2019-11-25 10:05")}
        problem = await town.refused("executor", f"{filing.path}/admission", body, code="before-its-ground", status=422)
        assert problem["paragraph"] == "§5.2"

    async def test_admitting_twice_is_refused(self, town: Town) -> None:
        filing = await admitted(town)
        await town.refused("executor", f"{filing.path}/admission", {}, code="already-done", status=409)

    async def test_it_cant_be_put_on_an_agenda_before_the_check(self, town: Town) -> None:
        filing = await registered(town)
        agenda = {"body": town.stage.body, "starts_at": stated(SITS), "place": "3", "agenda": [filing.id]}
        path = f"{COMMISSION}/sittings"
        await filing.state()
        problem = await town.refused("executor", path, agenda, code="step-not-open-yet", status=409)
        assert "check" in problem["detail"]


class TestWhenSeveralApplicationsAreConvened:
    async def test_one_sitting_takes_them_all(self, town: Town) -> None:
        sitting = await convened(town, 3)
        shown = await sitting.shown()
        assert [i["application"] for i in shown["items"]] == [f.id for f in sitting.over]
        assert shown["state"] == "scheduled"
        for filing in sitting.over:
            state = await filing.state()
            assert state["sitting"]["starts_at"] == "2019-12-03T10:00:00+06:00"
            assert [o["step"] for o in state["open"]] == ["sit"]

    async def test_the_convocation_is_delivered_by_being_shown_and_read_by_being_opened(self, town: Town) -> None:
        sitting = await convened(town)
        member, other = town.account("member-1"), town.account("member-2")
        assert (await sitting.shown())["delivered"] == []
        listed = await town.get("member-1", f"{COMMISSION}/convocations")
        while sitting.id not in {c["sitting"] for c in listed["items"]}:  # the view is a moment behind
            listed = await town.get("member-1", f"{COMMISSION}/convocations")
        shown = await sitting.shown()
        assert (shown["delivered"], shown["read"]) == ([member], [])
        await town.get("member-1", f"{COMMISSION}/convocations/{sitting.id}")
        shown = await sitting.shown()
        assert (shown["delivered"], shown["read"]) == ([member], [member])
        assert other not in shown["delivered"]  # and nobody waits for them
        await sitting.call_roll()

    async def test_each_member_is_told_and_reminded_the_day_before(self, town: Town) -> None:
        sitting = await convened(town)
        await town.settled(sitting.id)

        async def told() -> list[str]:
            read = await town.get("member-1", f"{NOTIFICATION}/letters", limit=200)
            return [x["template"] for x in read["items"] if x["sitting"] == sitting.id]

        await town.at("2019-12-02 09:59")
        assert await told() == ["convocation"]
        await town.at("2019-12-02 10:00")
        assert await told() == ["convocation-reminder", "convocation"]

    async def test_in_the_past_it_is_refused(self, town: Town) -> None:
        filing = await admitted(town)
        agenda = {"body": town.stage.body, "starts_at": stated("2019-11-26 09:00"), "place": "3", "agenda": [filing.id]}
        await town.refused("executor", f"{COMMISSION}/sittings", agenda, code="sitting-not-ahead", status=422)

    async def test_a_second_sitting_for_the_same_application_is_refused(self, town: Town) -> None:
        filing = (await convened(town)).over[0]
        agenda = {"body": town.stage.body, "starts_at": stated(SITS), "place": "3", "agenda": [filing.id]}
        await town.refused("executor", f"{COMMISSION}/sittings", agenda, code="already-done", status=409)


class TestWhenASittingIsPostponed:
    async def test_to_a_date_the_application_stays_on_it(self, town: Town) -> None:
        sitting = await convened(town)
        await town.at("2019-11-28 10:00")
        given = {"starts_at": stated("2019-12-05 10:00"), "reason": "Зал бос емес."}
        await town.do("executor", f"{sitting.path}/postponement", given)
        state = await sitting.over[0].state()
        assert state["sitting"]["starts_at"] == "2019-12-05T10:00:00+06:00"
        assert [o["step"] for o in state["open"]] == ["sit"]
        assert await sitting.over[0].standing("ApplicationScheduled") == ["fell", "stands"]

    async def test_without_a_date_the_agenda_opens_again(self, town: Town) -> None:
        sitting = await convened(town)
        await town.at("2019-11-28 10:00")
        await town.do("executor", f"{sitting.path}/postponement", {"starts_at": None, "reason": "Зал бос емес."})
        state = await sitting.over[0].state()
        assert ([o["step"] for o in state["open"]], state["reopened"], state["sitting"]) == (
            ["convene"],
            ["convene"],
            None,
        )
        again = await convene(town, *sitting.over, at="2019-11-28 11:00")
        assert await again.over[0].open() == ["sit"]
        roll = {"present": [town.account("chair")]}
        await town.refused("secretary", f"{sitting.path}/roll-call", roll, code="sitting-over", status=409)


class TestWhenASittingIsCancelled:
    async def test_every_application_in_it_reopens(self, town: Town) -> None:
        sitting = await convened(town, 2)
        await town.do("executor", f"{sitting.path}/cancellation", {"reason": "Қарантин."})
        for filing in sitting.over:
            state = await filing.state()
            assert [o["step"] for o in state["open"]] == ["convene"]
            assert "unscheduled-cancelled" in [m["template"] for m in state["messages"]]
            undone = [e["standing"] for e in state["timeline"] if e["event"] == "ApplicationUnscheduled"]
            assert undone == ["undid"]
        assert (await sitting.shown())["state"] == "cancelled"

    async def test_it_cant_be_once_it_has_begun(self, town: Town) -> None:
        sitting = await (await convened(town)).call_roll()
        body = {"reason": "Қарантин."}
        await town.refused("executor", f"{sitting.path}/cancellation", body, code="roll-call-held", status=409)


class TestWhenAnItemLeavesTheAgenda:
    async def test_taken_off_it_alone_reopens(self, town: Town) -> None:
        sitting = await convened(town, 2)
        off, stays = sitting.over
        await town.do("executor", f"{off.item}/removal")
        assert (await off.open(), await stays.open()) == (["convene"], ["sit"])

    async def test_moved_to_another_sitting_what_rested_on_the_first_falls(self, town: Town) -> None:
        first, second = await convened(town), await convened(town)
        moved = first.over[0]
        await first.call_roll()
        await first.discuss()
        assert await moved.open() == ["decide"]
        await town.do("executor", f"{moved.item}/transfer", {"sitting": second.id})
        state = await moved.state()
        assert ([o["step"] for o in state["open"]], state["reopened"]) == (["sit"], ["sit"])
        assert state["sitting"]["id"] == second.id
        assert await moved.standing("SittingHeld") == ["fell"]
        assert await moved.standing("ApplicationScheduled") == ["fell", "stands"]

    async def test_a_decided_item_doesnt_move(self, town: Town) -> None:
        sitting, other = await approved(town), await convened(town)
        body = {"sitting": other.id}
        await town.refused("executor", f"{sitting.over[0].item}/transfer", body, code="item-decided", status=409)


class TestWhenAMemberJoinsLater:
    async def test_they_are_convened_at_once_and_nothing_reopens(self, town: Town) -> None:
        body = await body_of_its_own(town, ["chair", "member-1"])
        sitting = await convened(town, body=body)
        before = (await sitting.over[0].state())["version"]
        await appoint(town, body, "member-3", since="2019-11-28")
        shown = await sitting.shown()
        assert town.account("member-3") in shown["composition"]["members"]
        assert (await town.get("member-3", f"{COMMISSION}/convocations/{sitting.id}"))["read"]
        state = await sitting.over[0].state()
        assert (state["version"], [o["step"] for o in state["open"]], state["reopened"]) == (before, ["sit"], [])

    async def test_who_joins_after_its_day_isnt(self, town: Town) -> None:
        body = await body_of_its_own(town, ["chair", "member-1"])
        sitting = await convened(town, body=body)
        await appoint(town, body, "member-3", since="2019-12-04")
        assert town.account("member-3") not in (await sitting.shown())["composition"]["members"]

    async def test_without_a_chair_nobody_is_convened(self, town: Town) -> None:
        body = await body_of_its_own(town, ["member-1", "member-2"])
        filing = await admitted(town)
        agenda = {"body": body, "starts_at": stated(SITS), "place": "3", "agenda": [filing.id]}
        await town.refused("executor", f"{COMMISSION}/sittings", agenda, code="body-without-chair", status=409)


class TestTheQueues:
    async def test_show_what_is_open_to_the_role_that_has_to_do_it(self, town: Town) -> None:
        filing = await admitted(town)
        await filing.state()
        queue = await town.get("executor", f"{NOTIFICATION}/queues/executor", limit=200)
        work = next(w for w in queue["items"] if w["application"] == filing.id)
        assert (work["step"], work["due"], work["overdue"]) == ("convene", "2019-11-27T18:30:00+06:00", False)
