"""After the registration: corrected, checked, withdrawn, looked at."""

import asyncio
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

from httpx import Response

from shared.identity.roles import Grant, Role
from tests.intake.counter import BIN, IIN, OTHER_IIN, PDF, PROVIDER, Counter, package

REFUSAL = {"ground": "incomplete-package", "reasons": "Бизнес-жоспарда бюджет жоқ: Асқар Бейсенов"}
INNOVATION = "shymkent-2019/innovation-projects"


class TestWhenRegistered:
    async def test_the_executor_admits_and_custody_passes_on(self, counter: Counter) -> None:
        application = await counter.registered()
        admitted = await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        shown = await counter.shown(application)
        assert admitted.json()["after"] == f"intake:{application}@2"
        assert shown["custodian"] == "commission"
        assert {o["step"] for o in shown["open"]} == {"tell-admission", "convene"}

    async def test_admitting_again_is_refused(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        again = await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        assert (again.status_code, again.json()["code"]) == (409, "already-done")

    async def test_of_admission_and_refusal_at_once_one_happens(self, counter: Counter) -> None:
        application = await counter.registered()
        both = await asyncio.gather(
            counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR),
            counter.post(f"/applications/{application}/refusal", REFUSAL, Role.EXECUTOR),
        )
        assert sorted(a.status_code for a in both) == [200, 409]

    async def test_a_refusal_carries_its_ground_and_sealed_reasons(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/refusal", REFUSAL, Role.EXECUTOR)
        fact = (await counter.facts(application))[-1]
        assert (fact["type"], fact["data"]["ground"]) == ("ApplicationRefused", "incomplete-package")
        assert fact["data"]["step"]["outcome"] == "refused"
        assert "Бейсенов" not in str(fact)
        assert fact["meta"]["role"] == "executor"

    async def test_a_ground_that_the_procedure_lacks_is_refused(self, counter: Counter) -> None:
        application = await counter.registered()
        body = {**REFUSAL, "ground": "bad-mood"}
        answers = [
            await counter.post(f"/applications/{application}/refusal", body, Role.EXECUTOR, language=each)
            for each in ("kk", "ru", "en")
        ]
        assert {a.json()["code"] for a in answers} == {"unknown-ground"}
        assert len({a.json()["title"] for a in answers}) == 3

    async def test_a_check_before_the_registration_is_refused(self, counter: Counter) -> None:
        # Registered at 10:10.
        application = await counter.registered()
        body = {"at": "2019-11-25T10:09:00+06:00"}
        refused = await counter.post(f"/applications/{application}/admission", body, Role.EXECUTOR)
        assert (refused.status_code, refused.json()["code"]) == (422, "before-its-ground")

    async def test_the_executor_of_another_provider_is_refused(self, counter: Counter) -> None:
        application = await counter.registered()
        refused = await counter.post(
            f"/applications/{application}/admission", role=Role.EXECUTOR, provider="shymkent-city"
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-provider")

    async def test_a_decision_on_an_old_version_is_refused(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/corrections", {"reason": "slip", "phone": "+77010000000"})
        refused = await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR, If_Match='"1"')
        assert (refused.status_code, refused.json()["code"]) == (412, "stale")

    async def test_naming_an_executor_is_no_step_of_this_procedure(self, counter: Counter) -> None:
        application = await counter.registered()
        refused = await counter.post(f"/applications/{application}/executor", {"executor": str(uuid4())}, Role.HEAD)
        assert (refused.status_code, refused.json()["code"]) == (409, "no-such-step")

    async def test_an_unknown_application_is_told(self, counter: Counter) -> None:
        refused = await counter.post(f"/applications/{uuid4()}/admission", role=Role.EXECUTOR)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown-application")


class TestWhenAClerkSlipped:
    async def test_the_correction_keeps_the_old_value(self, counter: Counter) -> None:
        application = await counter.registered()
        body = {"reason": "misheard", "name": "Асқар Бейсенбаев", "project": {"title": "Наубайхана мен дүкен"}}
        await counter.post(f"/applications/{application}/corrections", body)
        shown = await counter.shown(application)
        assert shown["applicant"]["name"] == "Асқар Бейсенбаев"
        assert [(c["was"], c["now"]) for c in shown["corrections"]] == [
            ("Асқар Бейсенов", "Асқар Бейсенбаев"),
            ("Наубайхана", "Наубайхана мен дүкен"),
        ]

    async def test_the_same_value_again_is_no_correction(self, counter: Counter) -> None:
        application = await counter.registered()
        body = {"reason": "misheard", "name": "Асқар Бейсенов", "project": {"amount": "3000000.00"}}
        assert (await counter.post(f"/applications/{application}/corrections", body)).json()["after"] == ""

    async def test_a_project_that_no_longer_fits_the_form_is_refused(self, counter: Counter) -> None:
        application = await counter.registered()
        body = {"reason": "misheard", "project": {"amount": "much"}}
        refused = await counter.post(f"/applications/{application}/corrections", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "form-not-met")

    async def test_a_corrected_name_is_the_name_of_the_account_too(self, counter: Counter) -> None:
        application = await counter.registered()
        account = (await counter.shown(application))["applicant"]["account"]
        body = {"reason": "misheard", "name": "Асқар Бейсенбаев"}
        await counter.post(f"/applications/{application}/corrections", body)
        shown = await counter.get(f"/accounts/{account}", Role.OPERATOR, provider=None)
        assert (shown.json()["name"], shown.json()["language"]) == ("Асқар Бейсенбаев", "kk")

    async def test_after_the_hand_over_the_amount_stays_but_a_name_can_be_corrected(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        path, reason = f"/applications/{application}/corrections", {"reason": "misheard"}
        refused = await counter.post(path, {**reason, "project": {"amount": "5000000.00"}})
        assert (refused.status_code, refused.json()["code"]) == (409, "not-in-custody")
        assert (await counter.post(path, {**reason, "name": "Асқар Бейсенбаев"})).status_code == 200
        shown = await counter.shown(application)
        assert (shown["project"]["amount"], shown["applicant"]["name"]) == ("3000000.00", "Асқар Бейсенбаев")

    async def test_a_representative_that_there_is_none_of_cannot_be_corrected(self, counter: Counter) -> None:
        application = await counter.registered()
        body = {"reason": "misheard", "representative_name": "Дана"}
        refused = await counter.post(f"/applications/{application}/corrections", body)
        assert refused.json()["code"] == "nothing-to-correct"


class TestWhenTheApplicantAsksToWithdraw:
    async def test_intake_grants_it_before_the_check(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/withdrawal")
        assert [f["type"] for f in await counter.facts(application)][1:] == [
            "WithdrawalRequested",
            "ApplicationWithdrawn",
        ]
        refused = await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        assert (refused.status_code, refused.json()["code"]) == (409, "case-ended")

    async def test_intake_declines_it_after_a_refusal(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/refusal", REFUSAL, Role.EXECUTOR)
        await counter.post(f"/applications/{application}/withdrawal")
        declined = (await counter.facts(application))[-1]
        assert (declined["type"], declined["data"]["shut_by"]) == ("WithdrawalDeclined", "check")

    async def test_after_the_hand_over_it_is_recorded_once_and_waits_for_the_custodian(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR)
        await counter.post(f"/applications/{application}/withdrawal")
        again = await counter.post(f"/applications/{application}/withdrawal")
        assert again.json()["after"] == ""
        assert [f["type"] for f in await counter.facts(application)][2:] == ["WithdrawalRequested"]

    async def test_in_the_cabinet_only_the_applicant_may(self, counter: Counter) -> None:
        application = await counter.registered()
        own = UUID((await counter.shown(application))["applicant"]["account"])
        path = f"/applications/{application}/withdrawal"
        stranger = await counter.post(path, role=Role.APPLICANT, provider=None)
        assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown-application")
        assert (await counter.post(path, role=Role.APPLICANT, provider=None, account=own)).status_code == 200
        asked = next(f for f in await counter.facts(application) if f["type"] == "WithdrawalRequested")
        assert asked["data"]["asked_through"] == "cabinet"

    async def test_of_withdrawal_and_admission_at_once_both_are_told_the_truth(self, counter: Counter) -> None:
        application = await counter.registered()
        withdrawn, admitted = await asyncio.gather(
            counter.post(f"/applications/{application}/withdrawal"),
            counter.post(f"/applications/{application}/admission", role=Role.EXECUTOR),
        )
        ends = [f["type"] for f in await counter.facts(application) if f["data"].get("ends")]
        assert withdrawn.status_code == 200
        assert (admitted.status_code, ends) in [(409, ["ApplicationWithdrawn"]), (200, [])]


class TestWhenAHeadNamesTheExecutor:
    """Shymkent, innovation projects: assign, check, send (003 annex 1 §5.2-5.4)."""

    async def test_only_the_named_one_may_check_and_the_materials_go_out(self, counter: Counter) -> None:
        application, provider = await self._registered(counter)
        named = await counter.official(OTHER_IIN, Grant(role=Role.EXECUTOR, provider=provider))
        path = f"/applications/{application}"
        early = await counter.post(f"{path}/admission", role=Role.EXECUTOR, provider=provider)
        assert (early.status_code, early.json()["code"]) == (409, "step-not-open-yet")
        await counter.post(f"{path}/executor", {"executor": str(named)}, Role.HEAD, provider=provider)
        other = await counter.post(f"{path}/admission", role=Role.EXECUTOR, provider=provider)
        assert (other.status_code, other.json()["code"]) == (403, "assigned-to-another")
        await counter.post(f"{path}/admission", role=Role.EXECUTOR, provider=provider, account=named)
        bare = await counter.post(f"{path}/materials", role=Role.EXECUTOR, provider=provider, account=named)
        assert (bare.status_code, bare.json()["code"]) == (422, "documents-without-scan")
        scans = {"scans": await self._scans(counter)}
        await counter.post(f"{path}/materials", scans, Role.EXECUTOR, provider=provider, account=named)
        assert (await counter.facts(application))[-1]["data"]["digests"] == list(scans["scans"].values())
        steps = [f["data"]["step"]["step"] for f in await counter.facts(application) if f["data"]["step"]]
        assert steps == ["register", "assign", "check", "send"]

    async def test_another_one_named_later_unmakes_nothing(self, counter: Counter) -> None:
        application, provider = await self._registered(counter)
        grant = Grant(role=Role.EXECUTOR, provider=provider)
        for number in (OTHER_IIN, BIN):
            named = await counter.official(number, grant)
            body = {"executor": str(named)}
            await counter.post(f"/applications/{application}/executor", body, Role.HEAD, provider=provider)
        path = f"/applications/{application}/admission"
        admitted = await counter.post(path, role=Role.EXECUTOR, provider=provider, account=named)
        assert admitted.status_code == 200

    async def test_whoever_is_no_executor_of_the_provider_is_refused(self, counter: Counter) -> None:
        application, provider = await self._registered(counter)
        named = await counter.official(OTHER_IIN, Grant(role=Role.EXECUTOR, provider=PROVIDER))
        body = {"executor": str(named)}
        refused = await counter.post(f"/applications/{application}/executor", body, Role.HEAD, provider=provider)
        assert (refused.status_code, refused.json()["code"]) == (422, "not-an-executor")

    async def test_while_they_are_away_their_deputy_acts_for_them(self, counter: Counter) -> None:
        application, provider = await self._registered(counter)
        grant = Grant(role=Role.EXECUTOR, provider=provider)
        named, deputy = [await counter.official(number, grant) for number in (OTHER_IIN, BIN)]
        await counter.post(
            f"/applications/{application}/executor", {"executor": str(named)}, Role.HEAD, provider=provider
        )
        # Monday 25 November, the day on which everything here happens, and the day after
        away = {"provider": provider, "deputy": str(deputy), "since": "2019-11-25", "until": "2019-11-27"}
        recorded = await counter.post(f"/executors/{named}/absences", away, Role.HEAD, provider=provider)
        assert recorded.status_code == 200, recorded.text
        path = f"/applications/{application}/admission"
        admitted = await counter.post(path, role=Role.EXECUTOR, provider=provider, account=deputy)
        assert admitted.status_code == 200, admitted.text
        meta = (await counter.facts(application))[-1]["meta"]
        assert (meta["account"], meta["on_behalf"]) == (str(deputy), str(named))

    async def test_once_they_are_back_the_deputy_has_nothing_to_do(self, counter: Counter) -> None:
        application, provider = await self._registered(counter)
        grant = Grant(role=Role.EXECUTOR, provider=provider)
        named, deputy = [await counter.official(number, grant) for number in (OTHER_IIN, BIN)]
        await counter.post(
            f"/applications/{application}/executor", {"executor": str(named)}, Role.HEAD, provider=provider
        )
        away = {"provider": provider, "deputy": str(deputy), "since": "2019-11-20", "until": "2019-11-27"}
        await counter.post(f"/executors/{named}/absences", away, Role.HEAD, provider=provider)
        back = {"provider": provider, "day": "2019-11-25"}
        await counter.post(f"/executors/{named}/return", back, Role.HEAD, provider=provider)
        path = f"/applications/{application}/admission"
        refused = await counter.post(path, role=Role.EXECUTOR, provider=provider, account=deputy)
        assert (refused.status_code, refused.json()["code"]) == (403, "assigned-to-another")

    async def _scans(self, counter: Counter) -> dict[str, str]:
        """A scan of each document that the package has on paper."""
        codes = await self._codes(counter)
        return {code: (await counter.upload(PDF + code.encode())).json()["id"] for code in codes}

    async def _codes(self, counter: Counter) -> list[str]:
        shown = (await counter.get(f"/procedures/{INNOVATION}")).json()
        return [d["code"] for d in shown["procedure"]["documents"] if d.get("required", True)]

    async def _registered(self, counter: Counter) -> tuple[str, str]:
        shown = (await counter.get(f"/procedures/{INNOVATION}")).json()
        documents = [{"code": code, "sheets": 1} for code in await self._codes(counter)]
        body = package(procedure=INNOVATION, documents=documents)
        answer = await counter.post("/applications", body, provider=shown["provider"])
        assert answer.status_code == 201, answer.text
        return answer.json()["id"], shown["provider"]


class TestWhoLooksAtAnApplication:
    async def test_each_opening_by_an_official_is_recorded(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.shown(application)
        page = (await counter.get("/openings", Role.AUDITOR, provider=None)).json()
        [opening] = page["items"]
        assert opening["subject"] == application
        assert opening["account"] == str(counter.accounts[Role.CHANCELLERY])
        assert opening["route"] == "/api/intake/v1/applications/{application}"

    async def test_so_is_each_of_the_receipt_and_of_its_facts(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.get(f"/applications/{application}/receipt")
        await counter.get(f"/applications/{application}/facts", Role.HEAD)
        page = (await counter.get("/openings", Role.AUDITOR, provider=None)).json()
        prefix = "/api/intake/v1/applications/{application}"
        assert [o["route"] for o in page["items"]] == [f"{prefix}/receipt", f"{prefix}/facts"]
        assert (await counter.get("/openings", Role.OPERATOR, provider=None)).status_code == 403

    async def test_the_applicant_sees_their_own_unrecorded_and_nobody_elses(self, counter: Counter) -> None:
        application = await counter.registered()
        own = UUID((await counter.shown(application))["applicant"]["account"])
        path = f"/applications/{application}"
        assert (await counter.get(path, Role.APPLICANT, provider=None, account=own)).status_code == 200
        assert (await counter.get(path, Role.APPLICANT, provider=None)).status_code == 404
        assert len((await counter.get("/openings", Role.AUDITOR, provider=None)).json()["items"]) == 1

    async def test_a_member_called_to_its_sitting_sees_it(self, counter: Counter) -> None:
        application, member = await counter.registered(), uuid4()
        await counter.scheduled(UUID(application), member)
        seen = await counter.get(f"/applications/{application}", Role.MEMBER, account=member)
        assert seen.json()["applicant"]["name"] == "Асқар Бейсенов"
        refused = await counter.get(f"/applications/{application}", Role.MEMBER)
        assert refused.status_code == 404

    async def test_a_member_of_a_body_that_it_is_not_before_sees_nothing(self, counter: Counter) -> None:
        application = await counter.registered()
        refused = await counter.get(f"/applications/{application}", Role.MEMBER, provider=None)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown-application")


class TestWhenAPersonIsErased:
    async def test_an_official_in_office_is_not(self, counter: Counter) -> None:
        account = await counter.official(IIN, Grant(role=Role.HEAD, provider=PROVIDER))
        refused = await self._erase(counter, "", str(account))
        assert (refused.status_code, refused.json()["code"]) == (409, "still-in-office")
        assert "head" in refused.json()["detail"]

    async def test_it_is_refused_while_a_case_is_open(self, counter: Counter) -> None:
        application = await counter.registered()
        refused = await self._erase(counter, application)
        assert (refused.status_code, refused.json()["code"]) == (409, "cases-open")

    async def test_it_is_refused_while_the_retention_term_runs(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/withdrawal")
        refused = await self._erase(counter, application)
        # Withdrawn on 25 November 2019; kept for five years.
        assert (refused.status_code, refused.json()["code"]) == (409, "retention-runs")
        assert "25 November 2024" in refused.json()["detail"]

    async def test_after_it_the_case_still_loads_without_the_person(self, counter: Counter) -> None:
        digest = (await counter.upload(PDF)).json()["id"]
        documents = [*package()["documents"], {"code": "training-certificate", "digest": digest}]
        application = await counter.registered(documents=documents)
        await counter.post(f"/applications/{application}/withdrawal")
        counter.node.clock.at += timedelta(days=5 * 366)  # type: ignore[attr-defined]
        assert (await self._erase(counter, application)).status_code == 200
        shown = await counter.shown(application)
        assert shown["applicant"]["name"] is None
        assert shown["applicant"]["number"] is None
        assert (await counter.get(f"/applications/{application}/documents/{digest}")).status_code == 404
        assert await counter.node.log.pool.fetchval("select count(*) from documents") == 0

    async def test_a_package_filed_at_the_same_time_keeps_its_person_readable(self, counter: Counter) -> None:
        # A retention term of no years, since the act isn't in force any more five years later.
        application = await counter.registered()
        await counter.post(f"/applications/{application}/withdrawal")
        account = (await counter.shown(application))["applicant"]["account"]
        with patch("services.intake.account.erasure.years_kept", lambda: 0):
            erased, filed = await asyncio.gather(
                self._erase(counter, application, account), counter.post("/applications", package())
            )
        assert (erased.status_code, filed.status_code) in [(200, 201), (409, 201)]
        assert (await counter.shown(filed.json()["id"]))["applicant"]["name"] == "Асқар Бейсенов"

    async def test_who_files_again_is_a_new_person(self, counter: Counter) -> None:
        application = await counter.registered()
        await counter.post(f"/applications/{application}/withdrawal")
        before = (await counter.shown(application))["applicant"]["account"]
        counter.node.clock.at += timedelta(days=5 * 366)  # type: ignore[attr-defined]
        await self._erase(counter, application, before)
        assert (await self._erase(counter, application, before)).status_code == 200
        await counter.upload(PDF, IIN)
        again = await counter.post("/accounts", {"number": IIN, "name": "Асқар"}, Role.OPERATOR, provider=None)
        assert again.json()["id"] != before
        assert (await self._erase(counter, application, before)).status_code == 200

    async def _erase(self, counter: Counter, application: str, account: str | None = None) -> Response:
        account = account or (await counter.shown(application))["applicant"]["account"]
        return await counter.post(f"/persons/{account}/erasure", role=Role.OPERATOR, provider=None)
