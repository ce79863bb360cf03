"""A council decides, and the applicant is given an extract of its protocol with a cover letter, or a reasoned refusal."""

import json
from typing import Any

from shared.identity.roles import Grant, Role
from tests.journeys.other_ways import EXTRACT, EXTRACT_GIVEN, Way, way
from tests.journeys.town import Json, Town

COMMISSION = "/api/commission/v1"
AGAINST = {"in_favour": 0, "against": 5}


async def papers(case: Way, who: str = "clerk") -> Json:
    found: Json = await (await case.stage.as_(who)).get(f"{COMMISSION}/results/{case.application}")
    return found


def named(result: Json, key: str) -> dict[str, Any]:
    return {paper["paper"]: paper[key] for paper in result["papers"]}


class TestWhenTheCouncilHasDecidedInFavour:
    async def test_the_applicant_is_given_an_extract_with_a_cover_letter(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        state = await case.play()
        assert (state["status"]["code"], state["result"]["event"], state["open"]) == ("extract", "ResultIssued", [])
        assert state["messages"][-1]["template"] == "result-extract"
        numbers = state["result"]["papers"]
        assert set(numbers) == {"extract", "cover-letter"}
        assert all(number.startswith(f"KRG/2019/{paper}/") for paper, number in numbers.items())
        shown: Json = await (await case.cabinet()).get(f"{COMMISSION}/results/{case.application}")
        assert named(shown, "number") == numbers
        assert all(paper["intact"] for paper in shown["papers"])

    async def test_the_cover_letter_names_the_extract_by_its_digest(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("prepare-result")
        result = await papers(case)
        letter = json.loads(named(result, "text")["cover-letter"])
        assert letter["encloses"] == {"extract": named(result, "digest")["extract"]}

    async def test_the_actions_are_counted_as_the_act_says(self, town: Town) -> None:
        state = await (await way(town, EXTRACT, EXTRACT_GIVEN)).play()
        told = {a["code"]: (a["due_at"][:16], a["completed_at"][:16]) for a in state["actions"]}
        # 2 working days from the decision, Thursday 28 November: Friday 29, (Monday 2 December off) Tuesday 3
        assert told["protocol"] == ("2019-12-03T18:30", "2019-11-29T16:00")
        # 1 from the head's signature, Friday 29 November: Tuesday 3 December
        assert told["extract"] == ("2019-12-03T18:30", "2019-12-03T11:00")

    async def test_nobody_reads_it_in_the_cabinet_before_it_is_issued(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("register-result")
        path = f"{COMMISSION}/results/{case.application}"
        answer = await town.send(await case.cabinet(), path, method="GET")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-result-yet")


class TestWhenTheCouncilHasDecidedAgainst:
    async def test_the_applicant_is_given_a_reasoned_refusal(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN, decide=AGAINST)
        state = await case.play()
        assert (state["status"]["code"], state["messages"][-1]["template"]) == ("refused", "result-refusal")
        assert state["result"]["reasons"] == "Шарттарға сәйкестігі талқыланды."
        assert set(state["result"]["papers"]) == {"refusal", "cover-letter"}


class TestWhenThePapersArePrepared:
    async def test_only_the_head_signs_and_only_these_very_papers(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("prepare-result")
        path = f"{COMMISSION}/results/{case.application}/signature"
        digests = named(await papers(case), "digest")
        clerk, head = await case.stage.as_("clerk"), await case.stage.as_("head")
        await town.refused(clerk, path, {"papers": digests}, code="not-your-provider", status=403)
        other = {**digests, "extract": "0" * 64}
        await town.refused(head, path, {"papers": other}, code="papers-changed", status=409)

    async def test_they_arent_registered_before_they_are_signed(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("prepare-result")
        path = f"{COMMISSION}/results/{case.application}/registration"
        clerk = await case.stage.as_("clerk")
        await town.refused(clerk, path, {}, code="step-not-open-yet", status=409, key=None)

    async def test_the_secretary_of_another_body_of_the_provider_doesnt_read_them(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("prepare-result")
        other = town.holder(None, Grant(role=Role.SECRETARY, provider=case.stage.provider))
        path = f"{COMMISSION}/results/{case.application}"
        await town.refused(other, path, code="not-your-body", status=403, method="GET")
        assert (await papers(case, "secretary"))["outcome"] == "granted"

    async def test_they_arent_prepared_twice(self, town: Town) -> None:
        case = await way(town, EXTRACT, EXTRACT_GIVEN)
        await case.until("prepare-result")
        secretary = await case.stage.as_("secretary")
        path = f"{COMMISSION}/results/{case.application}"
        await town.refused(secretary, path, {}, code="already-done", status=409)
