"""Corrections asked of the applicant, where the procedure's data allow them: terms stand still until the answer.

Karaganda, new business ideas, varied: the executor may ask once during the check, with 3 working days for the answer.
Registered on Monday 25 November 2019, 10:10; the check is due on Wednesday 27 November.
"""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from httpx import Response

from services.intake.main import publish_editions
from shared.identity.roles import Role
from tests.intake.counter import IDEAS, IIN, PDF, Counter
from tests.procedure.invented import varied
from tests.support.stores import FixedClock

ALLOWED = {"during": "check", "role": "executor", "term": {"working_days": 3}, "assumed": True}
ASKED = {"documents": ["business-plan"], "reasons": "Бизнес-жоспарда бюджет жоқ."}
ANSWER = {"documents": [{"code": "business-plan", "sheets": 22}]}


def local(day: int, hour: int, minute: int = 0) -> str:
    """November 2019 in Almaty."""
    return f"2019-11-{day}T{hour:02}:{minute:02}:00+06:00"


class Desk:
    """The counter, with a legal clock that a test sets, and one application."""

    def __init__(self, counter: Counter, application: str) -> None:
        self.counter, self.application = counter, application

    def now(self, day: int, hour: int, minute: int = 0) -> None:
        cast("FixedClock", self.counter.node.clock).at = datetime(2019, 11, day, hour - 6, minute, tzinfo=UTC)

    async def ask(self, role: Role = Role.EXECUTOR, **changed: Any) -> Response:
        return await self.counter.post(f"/applications/{self.application}/correction-requests", ASKED | changed, role)

    async def answer(self, role: Role = Role.CHANCELLERY, **changed: Any) -> Response:
        return await self.counter.post(f"/applications/{self.application}/corrected-documents", ANSWER | changed, role)

    async def admit(self, **said: Any) -> Response:
        return await self.counter.post(f"/applications/{self.application}/admission", said, Role.EXECUTOR)

    async def check_due(self) -> str:
        [opened] = (await self.counter.shown(self.application))["open"]
        return str(opened["due"])


@pytest.fixture
async def desk(counter: Counter) -> Desk:
    await publish_editions(counter.node, [varied(IDEAS, corrections=ALLOWED)])
    return Desk(counter, await counter.registered())


class TestWhenCorrectionsAreAsked:
    async def test_terms_stand_still_until_the_answer_or_the_end_of_the_term_for_it(self, desk: Desk) -> None:
        assert await desk.check_due() == local(27, 18, 30)
        desk.now(26, 11)
        assert (await desk.ask()).status_code == 200
        # the answer's own term: Wednesday 27, Thursday 28, Friday 29; the check goes on on Tuesday 3 December (Monday the
        # 2nd is a day off): the 3rd and Wednesday the 4th
        assert await desk.check_due() == "2019-12-04T18:30:00+06:00"

    async def test_both_instants_are_facts_and_the_package_is_the_corrected_one(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        desk.now(27, 16)
        assert (await desk.answer(at=local(27, 15))).status_code == 200
        # Tuesday 26 and Wednesday 27 have paused working time: Thursday 28, Friday 29
        assert await desk.check_due() == local(29, 18, 30)
        asked, answered = (await desk.counter.facts(desk.application))[-2:]
        assert (asked["type"], answered["type"]) == ("CorrectionsAsked", "PackageCorrected")
        assert (asked["data"]["happened_at"], asked["data"]["until"]) == (
            "2019-11-26T05:00:00Z",
            "2019-11-29T12:30:00Z",
        )
        assert (answered["data"]["happened_at"], answered["data"]["stopped_by"]) == (
            "2019-11-27T09:00:00Z",
            asked["id"],
        )
        assert "бюджет" not in str(asked)
        shown = await desk.counter.shown(desk.application)
        assert [d["sheets"] for d in shown["documents"] if d["code"] == "business-plan"] == [22]
        assert len(shown["documents"]) == 4

    async def test_the_fact_of_the_check_says_the_pause(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        desk.now(27, 15)
        await desk.answer()
        desk.now(28, 10)
        assert (await desk.admit()).status_code == 200
        step = (await desk.counter.facts(desk.application))[-1]["data"]["step"]
        assert step["due"] == "2019-11-29T12:30:00Z"
        assert "paused" in [b["code"] for b in step["because"]]

    async def test_meanwhile_the_check_waits(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        desk.now(29, 18)
        refused = await desk.admit()
        assert (refused.status_code, refused.json()["code"]) == (409, "corrections-awaited")
        desk.now(29, 18, 30)
        assert (await desk.admit()).status_code == 200

    async def test_an_admission_dated_before_the_answer_is_refused(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        desk.now(27, 15)
        await desk.answer()
        refused = await desk.admit(at=local(27, 14))
        assert (refused.status_code, refused.json()["code"]) == (422, "before-its-ground")

    async def test_the_applicant_answers_in_the_cabinet_with_a_scan_of_their_own(self, desk: Desk) -> None:
        counter = desk.counter
        desk.now(26, 11)
        await desk.ask()
        account = (await counter.shown(desk.application))["applicant"]["account"]
        headers = counter.bearer(Role.APPLICANT, None, account) | {"Idempotency-Key": "12345678-scan"}
        files = {"file": ("plan.pdf", PDF, "application/pdf")}
        kept = await counter.client.post("/api/intake/v1/documents", data={"number": IIN}, files=files, headers=headers)
        body = {"documents": [{"code": "business-plan", "digest": kept.json()["id"]}]}
        path = f"/applications/{desk.application}/corrected-documents"
        answered = await counter.post(path, body, Role.APPLICANT, provider=None, account=account)
        assert answered.status_code == 200, answered.text
        fact = (await counter.facts(desk.application))[-1]
        assert (fact["data"]["handed_in_through"], fact["meta"]["role"]) == ("cabinet", "applicant")


class TestWhatIsRefused:
    async def test_asking_again(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        await desk.answer()
        again = await desk.ask()
        assert (again.status_code, again.json()["code"]) == (409, "asked-too-often")

    async def test_asking_in_another_role(self, desk: Desk) -> None:
        assert (await desk.ask(Role.HEAD)).json()["code"] == "not-your-provider"

    async def test_asking_for_what_the_procedure_does_not_know(self, desk: Desk) -> None:
        assert (await desk.ask(documents=["horoscope"])).json()["code"] == "unknown-documents"

    async def test_asking_once_the_check_is_done(self, desk: Desk) -> None:
        await desk.admit()
        assert (await desk.ask()).json()["code"] == "already-done"

    async def test_an_answer_that_nobody_asked_for(self, desk: Desk) -> None:
        assert (await desk.answer()).json()["code"] == "nothing-asked"

    async def test_a_second_answer(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        await desk.answer()
        assert (await desk.answer()).json()["code"] == "nothing-asked"

    async def test_an_answer_after_its_term_in_each_language(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        desk.now(29, 18, 31)
        path = f"/applications/{desk.application}/corrected-documents"
        answers = [await desk.counter.post(path, ANSWER, language=each) for each in ("kk", "ru", "en")]
        assert {a.json()["code"] for a in answers} == {"answer-too-late"}
        assert len({a.json()["title"] for a in answers}) == 3

    async def test_an_answer_without_what_was_asked_for(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        refused = await desk.answer(documents=[{"code": "identity", "sheets": 1}])
        assert (refused.status_code, refused.json()["code"]) == (422, "missing-documents")

    async def test_an_answer_dated_before_the_request(self, desk: Desk) -> None:
        desk.now(26, 11)
        await desk.ask()
        assert (await desk.answer(at=local(26, 10))).json()["code"] == "before-its-ground"

    async def test_a_scan_under_somebody_elses_number(self, desk: Desk) -> None:
        counter = desk.counter
        headers = counter.bearer(Role.APPLICANT, None) | {"Idempotency-Key": "12345678-other"}
        files = {"file": ("plan.pdf", PDF, "application/pdf")}
        refused = await counter.client.post(
            "/api/intake/v1/documents", data={"number": IIN}, files=files, headers=headers
        )
        assert refused.json()["code"] == "unknown-account"


class TestWhereTheDataDoNotAllowIt:
    async def test_nothing_can_be_asked(self, counter: Counter) -> None:
        desk = Desk(counter, await counter.registered())
        refused = await desk.ask()
        assert (refused.status_code, refused.json()["code"]) == (409, "not-provided-for")
