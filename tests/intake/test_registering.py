"""The counter: a package is received and registered, or refused at once in the caller's language."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.identity.roles import Role
from tests.intake.counter import BIN, IIN, MONDAY, OTHER_IIN, PDF, Counter, applicant, package
from tests.support.stores import FixedClock

REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown procedure": ({"procedure": "karaganda-2019/nothing"}, "unknown-procedure"),
    "no consent": ({"consent": False}, "consent-needed"),
    "a document of no procedure": (
        {"documents": [*package()["documents"], {"code": "horoscope", "sheets": 1}]},
        "unknown-documents",
    ),
    "a package without its business plan": (
        {"documents": [d for d in package()["documents"] if d["code"] != "business-plan"]},
        "missing-documents",
    ),
    "a scan that nobody uploaded": (
        {"documents": [*package()["documents"], {"code": "training-certificate", "digest": "0" * 64}]},
        "documents-not-uploaded",
    ),
    "a project without an amount": (
        {"project": {"title": "Наубайхана", "kind_of_activity": "Нан пісіру"}},
        "form-not-met",
    ),
    "a representative without a power of attorney": (
        {"representative": {"name": "Дана Серікова", "number": OTHER_IIN}},
        "power-of-attorney-missing",
    ),
    "a receipt later than now": ({"receipt": "2019-11-25T10:11:00+06:00"}, "in-the-future"),
    "a registration before its receipt": ({"at": "2019-11-25T10:04:00+06:00"}, "before-its-ground"),
}


class TestWhenAPackageIsHandedIn:
    async def test_it_gets_a_number_of_its_provider_and_year(self, counter: Counter) -> None:
        shown = await counter.shown(await counter.registered())
        assert shown["number"] == "KRG/2019/000001"
        assert shown["applicant"]["name"] == "Асқар Бейсенов"
        assert shown["project"]["amount"] == "3000000.00"
        assert [o["step"] for o in shown["open"]] == ["check"]

    async def test_the_check_is_due_two_working_days_after_the_registration(self, counter: Counter) -> None:
        # Registered Monday 25 November: Tuesday 26 and Wednesday 27 are the two days; 18:30.
        [check] = (await counter.shown(await counter.registered()))["open"]
        assert check["due"] == "2019-11-27T18:30:00+06:00"
        assert check["paragraph"] == "§5.2"

    async def test_its_receipt_says_when_it_is_due(self, counter: Counter) -> None:
        application = await counter.registered()
        receipt = (await counter.get(f"/applications/{application}/receipt")).json()
        # 20 minutes from 10:05 end at 10:25 (+06:00).
        assert receipt["register_by"]["due"] == "2019-11-25T04:25:00Z"
        # 29 working days after 25 November: 4 in November (26-29); 2 December is off for Sunday the 1st: 3-6 (8), 9-13
        # (13); 16 and 17 are holidays: 18-20 (16), 23-27 (21), 30-31 (23); 1-2 January are holidays, the 3rd or, where it
        # was moved, Sunday the 5th (24), the 6th (25); the 7th is a holiday; 8-10 (28), Monday the 13th (29); 18:30.
        assert receipt["total"]["due"] == "2020-01-13T12:30:00Z"
        assert receipt["total"]["because"]
        assert receipt["registered_by"] == str(counter.accounts[Role.CHANCELLERY])

    async def test_the_receipt_is_the_same_each_time_and_not_for_another_provider(self, counter: Counter) -> None:
        path = f"/applications/{await counter.registered()}/receipt"
        assert (await counter.get(path)).json() == (await counter.get(path)).json()
        refused = await counter.get(path, provider="shymkent-city")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-provider")

    async def test_a_legal_entity_may_apply_too(self, counter: Counter) -> None:
        shown = await counter.shown(await counter.registered(applicant=applicant(kind="legal-entity", number=BIN)))
        assert shown["applicant"]["kind"] == "legal-entity"

    async def test_a_representative_comes_with_a_power_of_attorney(self, counter: Counter) -> None:
        documents = [*package()["documents"], {"code": "power-of-attorney", "sheets": 1}]
        representative = {"name": "Дана Серікова", "number": OTHER_IIN}
        shown = await counter.shown(await counter.registered(documents=documents, representative=representative))
        assert shown["representative"]["name"] == "Дана Серікова"

    async def test_what_is_told_carries_no_readable_personal_data(self, counter: Counter) -> None:
        application = await counter.registered()
        rows = await counter.node.log.pool.fetch("select data, meta from events where subject = $1", application)
        written = "".join(r["data"] + r["meta"] for r in rows)
        assert not any(secret in written for secret in (IIN, "Бейсенов", "77015550123", "askar@"))


class TestWhenTheSameKeyComesAgain:
    async def test_nothing_is_registered_twice(self, counter: Counter) -> None:
        first = await counter.post("/applications", package(), Idempotency_Key="once")
        again = await counter.post("/applications", package(), Idempotency_Key="once")
        assert first.json() == again.json()

    async def test_another_body_is_refused(self, counter: Counter) -> None:
        await counter.post("/applications", package(), Idempotency_Key="once")
        other = await counter.post("/applications", package(consent=False), Idempotency_Key="once")
        assert (other.status_code, other.json()["code"]) == (422, "key-reused")


class TestWhenAScanIsUploaded:
    async def test_it_can_be_registered_and_read_back(self, counter: Counter) -> None:
        digest = (await counter.upload(PDF)).json()["id"]
        documents = [d for d in package()["documents"] if d["code"] != "business-plan"]
        application = await counter.registered(documents=[*documents, {"code": "business-plan", "digest": digest}])
        read = await counter.get(f"/applications/{application}/documents/{digest}", Role.EXECUTOR)
        assert (read.content, read.headers["content-type"]) == (PDF, "application/pdf")

    async def test_another_applicant_cannot_use_it(self, counter: Counter) -> None:
        digest = (await counter.upload(PDF, OTHER_IIN)).json()["id"]
        documents = [*package()["documents"], {"code": "training-certificate", "digest": digest}]
        refused = await counter.post("/applications", package(documents=documents))
        assert refused.json()["code"] == "documents-not-uploaded"

    async def test_what_is_no_document_is_refused_whatever_it_is_called(self, counter: Counter) -> None:
        refused = await counter.upload(b"MZ a program")
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown-format")

    async def test_over_twenty_megabytes_is_refused(self, counter: Counter) -> None:
        refused = await counter.upload(PDF + b" " * 20_000_000)
        assert (refused.status_code, refused.json()["code"]) == (413, "too-large")


class TestWhenAPackageMayNotBeRegistered:
    @pytest.mark.parametrize("why", REFUSALS)
    async def test_it_is_refused_at_once_in_each_language(self, counter: Counter, why: str) -> None:
        changed, code = REFUSALS[why]
        answers = [
            await counter.post("/applications", package(**changed), language=each) for each in ("kk", "ru", "en")
        ]
        assert {a.json()["code"] for a in answers} == {code}, answers[0].text
        assert len({a.json()["title"] for a in answers}) == 3
        assert (await counter.get("/applications")).json()["items"] == []

    async def test_a_wrong_check_digit_is_told_at_its_field(self, counter: Counter) -> None:
        # The right last digit of 900101300017 is 7.
        refused = await counter.post("/applications", package(applicant=applicant(number="900101300018")))
        [field] = refused.json()["errors"]
        assert (refused.status_code, field["pointer"], field["code"]) == (422, "/applicant/number", "wrong-check-digit")

    @pytest.mark.parametrize("day", [datetime(2019, 8, 9, 5, tzinfo=UTC), datetime(2020, 8, 8, 5, tzinfo=UTC)])
    async def test_an_act_not_in_force_is_refused_with_its_interval(self, counter: Counter, day: datetime) -> None:
        # In force from 10 August 2019 until, not including, 8 August 2020.
        counter.node.clock = FixedClock(day)
        refused = await counter.post("/applications", package(receipt=day.isoformat()))
        assert (refused.status_code, refused.json()["code"]) == (422, "not-in-force")
        assert "2019-08-10/2020-08-08" in refused.json()["detail"]

    async def test_another_providers_clerk_is_refused(self, counter: Counter) -> None:
        refused = await counter.post("/applications", package(), provider="shymkent-city")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-provider")

    @pytest.mark.parametrize(
        "receipt", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2019-11-25T10:05:00"]
    )
    async def test_an_instant_that_cannot_be_is_told_at_its_field(self, counter: Counter, receipt: str) -> None:
        refused = await counter.post("/applications", package(receipt=receipt))
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/receipt")

    async def test_a_text_that_cannot_be_kept_is_told_at_its_field(self, counter: Counter) -> None:
        refused = await counter.post("/applications", package(project={**package()["project"], "title": "a\0b"}))
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/project/title")

    async def test_an_executor_is_refused(self, counter: Counter) -> None:
        refused = await counter.post("/applications", package(), Role.EXECUTOR)
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong-role")


class TestWhenTheSamePackageIsOpen:
    async def test_it_is_refused_with_the_earlier_number(self, counter: Counter) -> None:
        await counter.registered()
        refused = await counter.post("/applications", package(), language="ru")
        assert (refused.status_code, refused.json()["code"]) == (409, "same-package")
        assert "KRG/2019/000001" in refused.json()["detail"]

    async def test_of_many_at_once_one_is_registered(self, counter: Counter) -> None:
        answers = await asyncio.gather(*(counter.post("/applications", package()) for _ in range(6)))
        assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409, 409]

    async def test_another_package_of_the_same_applicant_is_taken(self, counter: Counter) -> None:
        await counter.registered()
        more = [*package()["documents"], {"code": "training-certificate", "sheets": 1}]
        assert await counter.registered(documents=more)

    async def test_after_its_withdrawal_it_is_taken_again(self, counter: Counter) -> None:
        first = await counter.registered()
        await counter.post(f"/applications/{first}/withdrawal")
        assert await counter.registered() != first


class TestTheListOfApplications:
    async def test_pages_run_from_the_newest_receipt_to_the_oldest(self, counter: Counter) -> None:
        for minute in range(3):
            number = {0: IIN, 1: OTHER_IIN, 2: BIN}[minute]
            receipt = MONDAY.replace(minute=minute).isoformat()
            await counter.registered(receipt=receipt, applicant=applicant(number=number))
        await _shows(counter, 3)
        first = (await counter.get("/applications", limit="2")).json()
        rest = (await counter.get("/applications", limit="2", cursor=first["next"])).json()
        numbers = [line["number"] for line in first["items"] + rest["items"]]
        assert numbers == ["KRG/2019/000003", "KRG/2019/000002", "KRG/2019/000001"]
        assert rest["next"] is None

    async def test_another_provider_sees_none_of_it(self, counter: Counter) -> None:
        await counter.registered()
        await _shows(counter, 1)
        assert (await counter.get("/applications", provider="shymkent-city")).json()["items"] == []


async def _shows(counter: Counter, count: int) -> None:
    """Wait until the list has caught up."""
    for _ in range(1000):
        if len((await counter.get("/applications")).json()["items"]) == count:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the list doesn't catch up")
