"""An evaluation through the whole installation: accounts at intake, facts and sheet at scoring, the approval for everybody."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from reglament.asking.client import Client
from reglament.demo import evaluation as demonstration
from reglament.demo.people import PASSWORD
from tests.journeys.town import Json, Town
from tests.support.waiting import PATIENCE

SCORING, INTAKE = "/api/scoring/v1", "/api/intake/v1"
CODE = "evaluation-2022/state-enterprises"
NAME = {"kk": "Ауыл шаруашылығы басқармасы", "ru": "Управление сельского хозяйства", "en": "Agriculture department"}


@dataclass
class Evaluated:
    """A body under evaluation, with the authority and the body's own account logged in."""

    town: Town
    authority: Client
    itself: Client
    body: str
    evaluation: str

    def at(self, *more: str) -> str:
        return "/".join([f"{SCORING}/evaluations/{self.evaluation}", *more])

    async def imported(self) -> Json:
        table = demonstration.prepared()[CODE].table
        return await self.authority.command(self.at("imports"), files={"file": (table.name, table.read_bytes())})

    async def sent(self) -> None:
        for what in ("closing", "computation", "sending"):
            await self.authority.command(self.at(what))

    async def approved(self) -> Json:
        await self.imported()
        await self.sent()
        await self.itself.command(self.at("agreement"))
        digest = (await self.authority.get(self.at()))["to_sign"]["digest"]
        return await self.authority.command(self.at("approval"), {"digest": digest})


async def evaluated(town: Town) -> Evaluated:
    await town.at("2023-04-03 11:00")
    given = {"bin": town.newcomer(), "name": NAME, "kind": "local-executive-body"}
    body = (await town.operator.command(f"{SCORING}/bodies", given))["id"]
    authority = await _account(town, {"role": "evaluator"})
    itself = await _account(town, {"role": "evaluated-body", "body": body})
    asked = {"body": body, "period": 2022, "part": "state-enterprises"}
    evaluation = (await authority.command(f"{SCORING}/evaluations", asked))["id"]
    return Evaluated(town, authority, itself, body, evaluation)


async def _account(town: Town, *grants: Json) -> Client:
    number = town.newcomer()
    account = {"number": number, "name": "Айгүл Сәрсен", "password": PASSWORD, "grants": grants}
    await town.operator.command(f"{INTAKE}/accounts", account)
    return await town.operator.log_in(number, PASSWORD)


async def copied(town: Town, evaluation: str) -> list[dict[str, Any]]:
    """The public facts about it, sent and approved, once intake has both."""
    async with asyncio.timeout(PATIENCE):
        while len(rows := await town.system.nodes["intake"].log.subjects([evaluation])) < 2:
            await asyncio.sleep(0.02)
    rows = sorted(rows, key=lambda r: r.version)
    return [{"type": r.type, "origin": r.origin, "data": json.loads(r.data)} for r in rows]


class TestAnEvaluation:
    async def test_goes_from_a_table_of_facts_to_an_approval_that_everybody_may_read(self, town: Town) -> None:
        there = await evaluated(town)
        done = await there.approved()
        assert done["after"] == f"scoring:{there.evaluation}@2"
        sent, told = await copied(town, there.evaluation)
        expected = demonstration.prepared()[CODE].expect
        assert (sent["type"], sent["data"]["body"]) == ("SheetSent", there.body)
        assert (told["type"], told["origin"]) == ("EvaluationApproved", "scoring")
        assert (told["data"]["total"], told["data"]["max"]) == (expected.total, expected.max)
        assert {r["number"]: r["points"] for r in told["data"]["rows"]} == {
            n: r.points for n, r in expected.rows.items()
        }

    async def test_is_for_the_body_itself_and_for_no_other(self, town: Town) -> None:
        there, other = await evaluated(town), await evaluated(town)
        await there.imported()
        assert (await there.itself.get(there.at()))["stage"] == "open"
        await town.refused(other.itself, there.at(), code="unknown-evaluation", status=404, method="GET")
        await town.refused(there.itself, there.at("closing"), code="wrong-role", status=403)

    async def test_a_reporter_logs_in_and_sees_the_own_organisation(self, town: Town) -> None:
        there = await evaluated(town)
        await there.imported()
        first, second, *_ = [o["bin"] for o in (await there.authority.get(there.at("organisations")))["items"]]
        reporter = await _account(town, {"role": "reporter", "body": there.body, "provider": first})
        assert [o["bin"] for o in (await reporter.get(there.at("organisations")))["items"]] == [first]
        at = there.at("organisations", second)
        await town.refused(reporter, at, code="not-your-organisation", status=403, method="GET")

    async def test_waits_for_the_bodys_objections(self, town: Town) -> None:
        there = await evaluated(town)
        await there.imported()
        await there.sent()
        words = {"ground": "fact-wrong", "words": "Тексеру актісі күшін жойған.", "row": "3.1"}
        await there.itself.command(there.at("objections"), words)
        digest = {"digest": (await there.authority.get(there.at()))["to_sign"]["digest"]}
        await town.refused(there.authority, there.at("approval"), digest, code="objections-unanswered", status=409)
        answer = {"upheld": False, "words": "Акт күшінде."}
        await there.authority.command(there.at("objections", "1", "answer"), answer)
        await there.itself.command(there.at("agreement"))
        await there.authority.command(there.at("approval"), digest)

    async def test_describes_itself(self, town: Town) -> None:
        described = (await town.http.get(f"{SCORING}/openapi.json")).json()
        assert f"{SCORING}/evaluations/{{evaluation}}/approval" in described["paths"]
