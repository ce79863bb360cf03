"""Absences of executors over REST, and what the head's word on the executor binds."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from shared.contracts.intake import AbsencesRecorded
from shared.identity.roles import Grant, Role
from tests.intake.counter import BIN, IIN, OTHER_IIN, PDF, PREFIX, Counter, package

INNOVATION = "shymkent-2019/innovation-projects"
NUMBERS = (OTHER_IIN, BIN)
AWAY = {"since": "2019-11-25", "until": "2019-11-27"}
"""Monday, the day on which everything here happens, and the day after."""


@dataclass
class Office:
    """Shymkent's counter with an application given to the first of two executors."""

    counter: Counter
    provider: str
    application: str
    named: UUID
    other: UUID

    async def post(self, path: str, body: Any, role: Role = Role.HEAD, **more: Any) -> Response:
        return await self.counter.post(path, body, role, **{"provider": self.provider, **more})

    async def assign(self, executor: UUID, **at: str) -> Response:
        return await self.post(f"/applications/{self.application}/executor", {"executor": str(executor), **at})

    async def away(self, **changed: str) -> Response:
        body = {"provider": self.provider, "deputy": str(self.other), **AWAY, **changed}
        return await self.post(f"/executors/{self.named}/absences", body)

    async def back(self, day: str, **more: Any) -> Response:
        return await self.post(f"/executors/{self.named}/return", {"provider": self.provider, "day": day}, **more)

    async def listed(self, by_head_of: str) -> Response:
        path, headers = f"{PREFIX}/executors/{self.named}/absences", self.counter.bearer(Role.HEAD, by_head_of)
        return await self.counter.client.get(path, headers=headers, params={"provider": self.provider})

    async def admit(self, executor: UUID) -> Response:
        return await self.post(f"/applications/{self.application}/admission", {}, Role.EXECUTOR, account=executor)

    async def send(self, executor: UUID) -> Response:
        shown = (await self.counter.get(f"/procedures/{INNOVATION}")).json()["procedure"]["documents"]
        codes = [d["code"] for d in shown if d.get("required", True)]
        scans = {code: (await self.counter.upload(PDF + code.encode())).json()["id"] for code in codes}
        path = f"/applications/{self.application}/materials"
        return await self.post(path, {"scans": scans}, Role.EXECUTOR, account=executor)


@pytest.fixture
async def office(counter: Counter) -> Office:
    shown = (await counter.get(f"/procedures/{INNOVATION}")).json()
    provider, known = shown["provider"], shown["procedure"]["documents"]
    documents = [{"code": d["code"], "sheets": 1} for d in known if d.get("required", True)]
    answer = await counter.post("/applications", package(procedure=INNOVATION, documents=documents), provider=provider)
    grant = Grant(role=Role.EXECUTOR, provider=provider)
    named, other = [await counter.official(number, grant) for number in NUMBERS]
    office = Office(counter, provider, answer.json()["id"], named, other)
    assert (await office.assign(named)).is_success
    return office


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestWhenAnExecutorWasNamed:
    async def test_another_isnt_named_as_of_an_earlier_instant(self, office: Office) -> None:
        # named at 10:10, received at 10:05
        assert code(await office.assign(office.other, at="2019-11-25T10:06:00+06:00")) == (422, "before-its-ground")

    async def test_another_is_named_also_when_the_case_has_been_handed_over(self, office: Office) -> None:
        await office.admit(office.named)
        assert (await office.send(office.named)).is_success
        assert (await office.assign(office.other)).is_success
        sent, again = (await office.counter.facts(office.application))[-2:]
        assert (sent["type"], again["type"], again["data"]["step"]) == ("MaterialsSent", "ExecutorAssigned", None)


class TestAnAbsence:
    async def test_is_told_to_the_other_services_as_it_stands(self, office: Office) -> None:
        await office.away()
        await office.away(since="2019-12-02", until="2019-12-03")
        told = await office.counter.node.log.stream(f"intake:{office.named}")
        newest = AbsencesRecorded.model_validate_json(told[-1].data)
        assert [(a.deputy, a.since.day) for a in newest.absences] == [(office.other, 25), (office.other, 2)]

    async def test_is_listed_for_the_head(self, office: Office) -> None:
        await office.away()
        assert (await office.listed(office.provider)).json() == [{"deputy": str(office.other), **AWAY}]
        assert code(await office.listed("elsewhere")) == (403, "not-your-provider")

    async def test_lets_the_deputy_act_and_says_on_whose_behalf(self, office: Office) -> None:
        await office.away()
        assert (await office.admit(office.other)).is_success
        meta = (await office.counter.facts(office.application))[-1]["meta"]
        assert (meta["account"], meta["on_behalf"]) == (str(office.other), str(office.named))

    async def test_doesnt_keep_the_absent_one_from_acting(self, office: Office) -> None:
        await office.away()
        assert (await office.admit(office.named)).is_success
        assert "on_behalf" not in (await office.counter.facts(office.application))[-1]["meta"]

    async def test_of_days_to_come_lets_nobody_act_yet(self, office: Office) -> None:
        await office.away(since="2019-11-26")
        assert code(await office.admit(office.other)) == (403, "assigned-to-another")

    async def test_is_recorded_by_the_head_of_that_provider_alone(self, office: Office) -> None:
        away = {"provider": office.provider, "deputy": str(office.other), **AWAY}
        path = f"/executors/{office.named}/absences"
        assert code(await office.counter.post(path, away, Role.HEAD)) == (403, "not-your-provider")
        assert code(await office.counter.post(path, away, Role.EXECUTOR)) == (403, "wrong-role")
        assert code(await office.back("2019-11-26", provider="elsewhere")) == (403, "not-your-provider")

    async def test_is_of_an_executor_of_that_provider(self, office: Office) -> None:
        stranger = await office.counter.official(IIN, Grant(role=Role.EXECUTOR, provider="elsewhere"))
        assert code(await office.away(deputy=str(stranger))) == (422, "not-an-executor")

    async def test_ended_twice_on_the_same_day_is_ended_once(self, office: Office) -> None:
        await office.away()
        first, again = [await office.back("2019-11-26") for _ in range(2)]
        assert first.json()["after"].startswith("intake:")
        assert (again.status_code, again.json()["after"]) == (200, "")
