"""The institute examines the materials before the commission sits: experts, conflicts, the conclusion and its versions."""

import asyncio
from datetime import datetime, timedelta

import pytest

from reglament.demo.people import EXPERTS
from shared.identity.roles import Grant, Role
from tests.journeys.other_ways import CONTRACT_SIGNED, INNOVATION, Way, way
from tests.journeys.town import OF_CASES, Json, Town
from tests.support.waiting import PATIENCE

INTAKE, EXPERTISE, COMMISSION = "/api/intake/v1", "/api/expertise/v1", "/api/commission/v1"
FOUND = {"recommended": True, "words": "Жоба жаңа."}
CHANGED = {"recommended": False, "words": "Есептеулер қате."}


def path(case: Way, *more: str) -> str:
    return "/".join([f"{EXPERTISE}/expertises/{case.application}", *more])


def points(case: Way) -> Json:
    said = case.stage.published.edition.procedure.expertise
    return {"points": {c.code: c.most for c in (said.criteria if said else ())}}


async def sent(town: Town) -> Way:
    """The materials are with the institute."""
    case = await way(town, INNOVATION, CONTRACT_SIGNED)
    await case.until("send")
    await town.settled(case.application)
    return case


async def under_way(town: Town) -> Way:
    """The experts are named, the first of them leads."""
    case = await sent(town)
    experts = [case.stage.accounts[e] for e in EXPERTS]
    head = await case.stage.as_("institute-head")
    await town.do(head, path(case, "experts"), {"experts": experts, "lead": experts[0]})
    return case


async def concluded(town: Town) -> Way:
    case = await way(town, INNOVATION, CONTRACT_SIGNED)
    await case.until("examine")
    return case


async def shown(case: Way) -> Json:
    found: Json = await (await case.stage.as_("institute-head")).get(path(case))
    return found


async def opine(town: Town, case: Way, expert: str, **other: object) -> None:
    await town.do(await case.stage.as_(expert), path(case, "opinions"), {**FOUND, **points(case), **other})


class TestAProcedureWithAnExpertise:
    async def test_goes_from_the_counter_through_the_institute_to_the_signed_contract(self, town: Town) -> None:
        state = await (await way(town, INNOVATION, CONTRACT_SIGNED)).play()
        assert (state["status"]["code"], state["result"]["event"]) == ("contract", "ContractSigned")
        told = {a["code"]: a["due_at"][:10] for a in state["actions"]}
        # 5 working days from the receipt, Monday 11 November: 12, 13, 14, 15, Monday 18
        assert told["send"] == "2019-11-18"
        templates = [m["template"] for m in state["messages"]]
        assert {"materials-sent", "expertise-concluded"} <= set(templates)

    async def test_says_who_has_the_case(self, town: Town) -> None:
        case = await sent(town)
        assert {(await town.case(s, case.application)).progress.custodian for s in OF_CASES} == {"expertise"}


class TestWhenTheMaterialsAreSent:
    async def test_an_expertise_of_these_very_documents_is_open(self, town: Town) -> None:
        case = await sent(town)
        registered = (await town.case("intake", case.application)).registered
        assert (await shown(case))["materials"] == [d.digest for d in registered.documents if d.digest]

    async def test_it_stands_in_the_queue_of_the_institutes_head(self, town: Town) -> None:
        case = await sent(town)
        head = await case.stage.as_("institute-head")
        queue = await head.get("/api/notification/v1/queues/institute-head", limit=200)
        assert "examine" in [w["step"] for w in queue["items"] if w["application"] == case.application]

    async def test_no_expert_reads_them_before_being_named(self, town: Town) -> None:
        case = await sent(town)
        expert = await case.stage.as_(EXPERTS[0])
        answer = await town.send(expert, f"{INTAKE}/applications/{case.application}", method="GET")
        assert answer.status_code == 404

    async def test_the_institute_grants_a_withdrawal(self, town: Town) -> None:
        case = await sent(town)
        await town.do(await case.cabinet(), f"{INTAKE}/applications/{case.application}/withdrawal", {})
        await town.settled(case.application)
        state = await case.state("")
        assert state["status"]["code"] == "withdrawn"
        by = (await town.case("notification", case.application)).progress.ended
        assert by
        assert by.by.source == "expertise"

    async def test_the_executor_has_nothing_to_decide_any_more(self, town: Town) -> None:
        case = await sent(town)
        given = {"ground": "incomplete-package", "reasons": "-"}
        executor, at = await case.stage.as_("executor"), f"{INTAKE}/applications/{case.application}/refusal"
        await town.refused(executor, at, given, code="already-done", status=409)

    async def test_an_official_of_another_provider_doesnt_learn_whether_it_is_there(self, town: Town) -> None:
        case = await way(town, INNOVATION, CONTRACT_SIGNED)
        await case.until("register")
        stranger = town.holder(None, Grant(role=Role.EXECUTOR, provider="elsewhere"))
        await town.refused(stranger, path(case), code="not-your-provider", status=403, method="GET")

    async def test_the_applicant_doesnt_examine_the_own_application(self, town: Town) -> None:
        case = await sent(town)
        own = str((await town.case("intake", case.application)).registered.applicant.account)
        head = await case.stage.as_("institute-head")
        given = {"experts": [own], "lead": own}
        await town.refused(head, path(case, "experts"), given, code="party-to-the-case", status=422)

    async def test_nor_does_who_votes_on_it_once_the_body_has_sat(self, town: Town) -> None:
        earlier = await way(town, INNOVATION, CONTRACT_SIGNED)
        await earlier.until("convene")
        await town.settled(earlier.application)
        await town.settled(earlier.sitting)
        case = await sent(town)
        member = case.stage.accounts["member-1"]
        head = await case.stage.as_("institute-head")
        given = {"experts": [member, case.stage.accounts[EXPERTS[0]]], "lead": member}
        problem = await town.refused(head, path(case, "experts"), given, code="decides-the-case", status=422)
        assert member in problem["detail"]


class TestWhenTheExpertsAreNamed:
    async def test_they_read_the_documents_at_intake(self, town: Town) -> None:
        case = await under_way(town)
        await town.settled(case.application)
        digest = (await shown(case))["materials"][0]
        at = f"{INTAKE}/applications/{case.application}/documents/{digest}"
        answer = await town.send(await case.stage.as_(EXPERTS[1]), at, method="GET")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")

    async def test_they_arent_named_again_but_replaced(self, town: Town) -> None:
        case = await under_way(town)
        only = case.stage.accounts[EXPERTS[1]]
        head = await case.stage.as_("institute-head")
        given = {"experts": [only], "lead": only}
        await town.refused(head, path(case, "experts"), given, code="experts-named-already", status=409)

    async def test_nothing_is_filed_before_each_has_given_an_opinion(self, town: Town) -> None:
        case = await under_way(town)
        await opine(town, case, EXPERTS[0])
        lead, given = await case.stage.as_(EXPERTS[0]), {**FOUND, **points(case)}
        await town.refused(lead, path(case, "conclusion"), given, code="opinions-missing", status=409)

    async def test_only_the_lead_files(self, town: Town) -> None:
        case = await under_way(town)
        for expert in EXPERTS:
            await opine(town, case, expert)
        other, given = await case.stage.as_(EXPERTS[1]), {**FOUND, **points(case)}
        await town.refused(other, path(case, "conclusion"), given, code="not-its-lead", status=403)

    async def test_what_each_has_found_stays_between_them_and_the_lead_until_it_is_filed(self, town: Town) -> None:
        case = await under_way(town)
        for expert in EXPERTS:
            await opine(town, case, expert)
        seen = {}
        for who in (*EXPERTS, "institute-head", "executor"):
            found = await (await case.stage.as_(who)).get(path(case))
            seen[who] = [o["expert"] for o in found["opinions"]]
        lead, other = (case.stage.accounts[e] for e in EXPERTS)
        assert seen == {EXPERTS[0]: [lead, other], EXPERTS[1]: [other], "institute-head": [lead, other], "executor": []}

    async def test_a_conclusion_isnt_dated_before_the_opinions_that_it_rests_on(self, town: Town) -> None:
        case = await under_way(town)
        for expert in EXPERTS:
            await opine(town, case, expert)
        # the materials were sent on 13 November 2019, 11:00; the experts were named and heard after that
        lead, given = await case.stage.as_(EXPERTS[0]), {**FOUND, **points(case), "at": "2019-11-13T11:00:00+06:00"}
        await town.refused(lead, path(case, "conclusion"), given, code="before-its-ground", status=422)

    async def test_points_beyond_the_scale_are_refused(self, town: Town) -> None:
        case = await under_way(town)
        expert, given = await case.stage.as_(EXPERTS[0]), {**FOUND, "points": {"unheard-of": 1}}
        await town.refused(expert, path(case, "opinions"), given, code="points-not-in-scale", status=422)

    async def test_it_stands_in_the_list_of_each_and_of_nobody_else_there(self, town: Town) -> None:
        case = await under_way(town)
        await town.settled(case.application)
        for who, state in (("institute-head", "under-way"), (EXPERTS[1], "under-way"), ("executor", "under-way")):
            found = await (await case.stage.as_(who)).get(f"{EXPERTISE}/expertises", limit=200)
            assert [line["state"] for line in found["items"] if line["id"] == case.application] == [state]
        stranger = town.holder(None, Grant(role=Role.INSTITUTE_EXPERT, provider=case.stage.provider))
        assert (await stranger.get(f"{EXPERTISE}/expertises"))["items"] == []
        await town.refused(stranger, path(case), code="not-its-expert", status=403, method="GET")

    async def test_a_week_before_the_term_ends_each_is_reminded(self, town: Town) -> None:
        case = await under_way(town)
        due = datetime.fromisoformat((await shown(case))["due"])
        await case.stage.move_clock(due - timedelta(days=6))
        expert, reminded = await case.stage.as_(EXPERTS[1]), False
        async with asyncio.timeout(PATIENCE):
            while not reminded:
                queue = await expert.get("/api/notification/v1/queues/institute-expert", limit=200)
                mine = [w for w in queue["items"] if w["application"] == case.application]
                reminded = [w["reminded"] for w in mine] == [True]
                await asyncio.sleep(0.2)


class TestWhenAnExpertIsInConflict:
    async def conflict(self, town: Town) -> Way:
        case = await under_way(town)
        for expert in EXPERTS:
            await opine(town, case, expert)
        first = await case.stage.as_(EXPERTS[0])
        await town.do(first, path(case, "conflicts"), {"reason": "Жоба иесімен туыс."})
        return case

    async def test_what_they_wrote_falls_and_nothing_is_filed(self, town: Town) -> None:
        case = await self.conflict(town)
        assert [o["expert"] for o in (await shown(case))["opinions"]] == [case.stage.accounts[EXPERTS[1]]]
        lead, given = await case.stage.as_(EXPERTS[0]), {**FOUND, **points(case)}
        await town.refused(lead, path(case, "conclusion"), given, code="conflicts-open", status=409)

    async def test_why_is_read_by_the_institutes_head_and_the_expert_alone(self, town: Town) -> None:
        case = await self.conflict(town)
        first = case.stage.accounts[EXPERTS[0]]
        said = {}
        for who in (*EXPERTS, "institute-head", "head"):
            said[who] = (await (await case.stage.as_(who)).get(path(case)))["conflicts"][first]
        reason = "Жоба иесімен туыс."
        assert said == {EXPERTS[0]: reason, EXPERTS[1]: None, "institute-head": reason, "head": None}
        head = case.stage.accounts["institute-head"]
        pool = town.system.nodes["expertise"].log.pool
        opened = await pool.fetch("select distinct account from openings where subject = $1", first)
        assert [str(o["account"]) for o in opened] == [head]

    async def test_another_takes_their_place_and_leads(self, town: Town) -> None:
        case = await self.conflict(town)
        gone, new = case.stage.accounts[EXPERTS[0]], case.stage.accounts["clerk"]
        head = await case.stage.as_("institute-head")
        at = path(case, "experts", gone, "replacement")
        await town.do(head, at, {"by": new, "reason": "Мүдделер қақтығысы."})
        found = await shown(case)
        assert (found["experts"][0], found["lead"]) == (new, new)
        await town.settled(case.application)
        answer = await town.send(
            await case.stage.as_(EXPERTS[0]), f"{INTAKE}/applications/{case.application}", method="GET"
        )
        assert answer.status_code == 404


class TestWhenTheConclusionIsFiled:
    async def test_it_is_frozen(self, town: Town) -> None:
        case = await concluded(town)
        lead, given = await case.stage.as_(EXPERTS[0]), {**CHANGED, **points(case)}
        await town.refused(lead, path(case, "conclusion"), given, code="conclusion-filed", status=409)
        await town.refused(lead, path(case, "opinions"), given, code="conclusion-filed", status=409)

    async def test_a_member_puts_the_sitting_into_the_own_calendar(self, town: Town) -> None:
        case = await concluded(town)
        await case.until("convene")
        member = await case.stage.as_("member-1")
        answer = await town.send(member, f"{COMMISSION}/sittings/{case.sitting}/calendar", method="GET")
        assert answer.headers["content-type"].startswith("text/calendar")
        # 11 February 2020, 10:00 in Shymkent, six hours ahead
        assert "DTSTART:20200211T040000Z" in answer.text

    async def test_it_is_said_byte_for_byte(self, town: Town) -> None:
        case = await concluded(town)
        [said] = (await shown(case))["conclusions"]
        assert (said["number"], said["intact"], said["corrects"]) == (1, True, None)

    async def test_it_opens_the_commissions_agenda(self, town: Town) -> None:
        case = await concluded(town)
        await town.settled(case.application)
        assert [o["step"] for o in (await case.state(""))["open"]] == ["convene"]

    @pytest.mark.parametrize("decided", [False, True])
    async def test_a_correction_is_a_later_version_and_the_one_that_was_seen_stays_pinned(
        self, town: Town, decided: bool
    ) -> None:
        case = await concluded(town)
        await case.until("decide" if decided else "convene")
        lead = await case.stage.as_(EXPERTS[0])
        given = {**CHANGED, **points(case), "reason": "Есептеуде қате табылды."}
        await town.do(lead, path(case, "conclusion", "corrections"), given)
        await town.settled(case.application)
        secretary = await case.stage.as_("secretary")
        at = f"{COMMISSION}/sittings/{case.sitting}/items/{case.application}/conclusions"
        first, second = await secretary.get(at)
        assert (first["seen"], first["later"], second["seen"], second["later"]) == (True, False, False, True)
        assert (second["recommended"], second["reason"]) == (False, "Есептеуде қате табылды.")
        facts = await town.case("notification", case.application)
        done = facts.progress.completion("decide" if decided else "convene")
        assert done
        assert done.facts[0].step
        assert done.facts[0].step.pins == (first["digest"],)
