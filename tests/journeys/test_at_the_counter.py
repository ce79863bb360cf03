"""Receiving and registering a package, what is refused at once, and the clerk's slip put right."""

import asyncio
from typing import Any

import pytest

from reglament.demo.people import numbered
from tests.journeys.conftest import WITHIN_ONE_SERVICE
from tests.journeys.filing import INTAKE, SHEETS, Filing, package, pdf, registered
from tests.journeys.town import Town, stated

APPLICATIONS = f"{INTAKE}/applications"


async def refused(town: Town, body: Any, code: str, status: int = 422) -> dict[str, Any]:
    return await town.refused("clerk", APPLICATIONS, body, code=code, status=status)


class TestWhenAPackageIsRegistered:
    async def test_the_receipt_tells_what_by_whom_when_and_due_when(self, town: Town) -> None:
        filing = await registered(town)
        receipt = await town.get("clerk", f"{filing.path}/receipt")
        assert receipt["number"].startswith("KRG/2019/")
        assert receipt["received_at"] == "2019-11-25T04:00:00Z"  # 10:00 at +06:00
        assert receipt["registered_by"] == town.account("clerk")
        assert [d["code"] for d in receipt["documents"]] == [d["code"] for d in SHEETS]
        # 20 minutes from 10:00
        assert (receipt["register_by"]["due"], receipt["register_by"]["paragraph"]) == ("2019-11-25T04:20:00Z", "§5.1")
        # 29 working days from Monday 25 November: to Fri 29 that is 4; 2 December off, 3-6: 8; 9-13: 13; 16 and 17 off,
        # 18-20: 16; 23-27: 21; 30, 31: 23; 1-3 January off, Sunday 5 worked for Friday 3: 24; 6: 25; 7 off, 8-10: 28; 13: 29
        assert receipt["total"]["due"] == "2020-01-13T12:30:00Z"
        assert receipt["code"]

    async def test_a_scan_lies_sealed_until_somebody_entitled_opens_it(self, town: Town) -> None:
        number = town.newcomer()
        file = pdf()
        kept = await town.do("clerk", f"{INTAKE}/documents", data={"number": number}, files=file)
        plan = {"code": "business-plan", "digest": kept["id"]}
        filing = await Filing(town, number).register(
            documents=[plan, *[d for d in SHEETS if d["code"] != plan["code"]]]
        )
        address = f"{filing.path}/documents/{kept['id']}"
        answer = await town.send(await town.stage.as_("executor"), address, method="GET")
        assert (answer.content, answer.headers["content-type"]) == (file["file"][1], "application/pdf")
        stranger = town.applicant(town.account("clerk"))
        await town.refused(stranger, address, method="GET", code="unknown-application", status=404)

    async def test_a_representative_comes_with_a_power_of_attorney(self, town: Town) -> None:
        agent = {"name": "Марат Оспанов", "number": town.newcomer()}
        number = town.newcomer()
        await town.at("2019-11-25 10:10")
        await refused(town, package(number, representative=agent), "power-of-attorney-missing")
        paper = [*SHEETS, {"code": "power-of-attorney", "sheets": 1}]
        filing = await Filing(town, number).register(representative=agent, documents=paper)
        assert (await filing.shown())["representative"]["name"] == "Марат Оспанов"


@WITHIN_ONE_SERVICE
class TestWhenSomethingIsWrongWithAPackage:
    @pytest.fixture(autouse=True)
    async def monday(self, town: Town) -> None:
        await town.at("2019-11-25 10:10")

    async def test_a_wrong_check_digit_is_refused_at_its_place(self, town: Town) -> None:
        right = numbered("81020330012")
        wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
        problem = await refused(town, package(wrong), "invalid-input")
        assert [e["pointer"] for e in problem["errors"]] == ["/applicant/number"]

    async def test_a_legal_entity_has_a_bin_with_its_check_digit(self, town: Town) -> None:
        given = package(numbered("19024000001"))
        given["applicant"] |= {"kind": "legal-entity", "name": "ЖШС «Наубайхана»"}
        done = await town.do("clerk", APPLICATIONS, given)
        assert (await town.get("executor", f"{APPLICATIONS}/{done['id']}"))["applicant"]["kind"] == "legal-entity"

    async def test_an_unknown_procedure_is_refused(self, town: Town) -> None:
        await refused(town, package(town.newcomer(), procedure="karaganda-2019/nothing"), "unknown-procedure")

    async def test_an_act_not_in_force_on_that_day_is_refused(self, town: Town) -> None:
        await town.at("2019-08-09 10:10")  # in force from 10 August 2019
        early = package(town.newcomer(), receipt=stated("2019-08-09 10:00"))
        problem = await refused(town, early, "not-in-force")
        assert "2019-08-10/2020-08-08" in problem["detail"]

    async def test_a_receipt_later_than_now_is_refused(self, town: Town) -> None:
        await refused(town, package(town.newcomer(), receipt=stated("2019-11-25 10:20")), "in-the-future")

    async def test_a_registration_before_the_receipt_is_refused(self, town: Town) -> None:
        early = package(town.newcomer(), at=stated("2019-11-25 09:55"))
        await refused(town, early, "before-its-ground")

    async def test_a_missing_document_is_named(self, town: Town) -> None:
        problem = await refused(town, package(town.newcomer(), documents=list(SHEETS[:3])), "missing-documents")
        assert "no-tax-arrears" in problem["detail"]

    async def test_a_scan_that_was_never_uploaded_is_refused(self, town: Town) -> None:
        documents = [*SHEETS[:3], {"code": "no-tax-arrears", "digest": "0" * 64}]
        await refused(town, package(town.newcomer(), documents=documents), "documents-not-uploaded")

    async def test_without_consent_nothing_is_taken(self, town: Town) -> None:
        await refused(town, package(town.newcomer(), consent=False), "consent-needed")

    async def test_a_project_that_doesnt_fit_the_form_is_refused(self, town: Town) -> None:
        await refused(town, package(town.newcomer(), project={"title": "Наубайхана", "amount": "much"}), "form-not-met")

    async def test_what_is_no_pdf_jpeg_or_png_is_refused(self, town: Town) -> None:
        file = {"file": ("scan.pdf", b"MZ not a scan", "application/pdf")}
        form = {"data": {"number": town.newcomer()}, "files": file}
        await town.refused("clerk", f"{INTAKE}/documents", **form, code="unknown-format", status=422)

    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("kk", "Дербес деректерді өңдеуге келісім жоқ"),
            ("ru", "Нет согласия на обработку персональных данных"),
            ("en", "There is no consent to the processing of personal data"),
        ],
    )
    async def test_the_refusal_is_told_in_the_language_asked_for(self, town: Town, language: str, title: str) -> None:
        clerk = await town.stage.as_("clerk")
        headers = {"Accept-Language": language}
        answer = await town.send(clerk, APPLICATIONS, package(town.newcomer(), consent=False), headers=headers)
        assert (answer.headers["content-language"], answer.json()["title"]) == (language, title)


class TestWhenTheSamePackageLiesInAnOpenApplication:
    async def test_it_is_refused_until_that_one_has_ended(self, town: Town) -> None:
        first = await registered(town)
        number = (await first.shown())["number"]
        problem = await refused(town, package(first.number), "same-package", 409)
        assert number in problem["detail"]
        await first.refuse()
        await first.state()
        again = package(first.number, receipt=stated("2019-11-26 15:00"))
        assert (await town.do("clerk", APPLICATIONS, again))["id"] != first.id

    async def test_another_package_of_the_same_applicant_is_taken(self, town: Town) -> None:
        first = await registered(town)
        other = [*SHEETS[:3], {"code": "no-tax-arrears", "sheets": 2}]
        assert (await town.do("clerk", APPLICATIONS, package(first.number, documents=other)))["id"] != first.id

    async def test_of_two_sent_at_once_one_is_taken(self, town: Town) -> None:
        await town.at("2019-11-25 10:10")
        given, clerk = package(town.newcomer()), await town.stage.as_("clerk")
        answers = await asyncio.gather(*[town.send(clerk, APPLICATIONS, given) for _ in range(4)])
        assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


class TestWhenTheClerkMadeASlip:
    async def test_it_is_put_right_and_the_old_value_stays(self, town: Town) -> None:
        filing = await registered(town)
        slip = {"reason": "misspelt at the counter", "name": "Әлия Серікқызы", "project": {"amount": "2500000.00"}}
        await town.do("clerk", f"{filing.path}/corrections", slip)
        shown = await filing.shown()
        assert (shown["applicant"]["name"], shown["project"]["amount"]) == ("Әлия Серікқызы", "2500000.00")
        assert [(c["field"], c["was"], c["now"]) for c in shown["corrections"]] == [
            ("applicant.name", "Алия Серікқызы", "Әлия Серікқызы"),
            ("project.amount", "3000000.00", "2500000.00"),
        ]
        state = await filing.state()
        assert [m["template"] for m in state["messages"]].count("registration-corrected") == 2
        assert await filing.open() == ["check"]  # a slip unmakes nothing

    async def test_what_the_form_forbids_is_no_correction(self, town: Town) -> None:
        filing = await registered(town)
        slip = {"reason": "misspelt", "project": {"amount": "-1"}}
        await town.refused("clerk", f"{filing.path}/corrections", slip, code="form-not-met", status=422)

    async def test_only_the_chancellery_does_it(self, town: Town) -> None:
        filing = await registered(town)
        slip = {"reason": "misspelt", "name": "Әлия"}
        await town.refused("executor", f"{filing.path}/corrections", slip, code="wrong-role", status=403)
