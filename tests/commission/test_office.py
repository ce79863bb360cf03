"""The commission from the agenda to the contract, over HTTP and a real store, with its refusals."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.commission.main import app
from services.commission.reactions import Overtaken, when_a_case_comes_then_answer_withdrawal
from shared.contracts.case import WithdrawalDeclined
from shared.contracts.intake import WithdrawalRequested
from shared.identity.roles import Grant, Role
from shared.procedure.cases import case_of
from shared.web.access import routes_without_role
from shared.web.idempotency import commands_without_key
from tests.commission.office import (
    AGENCY,
    ASEL,
    BOLAT,
    CHINGIZ,
    CLERK,
    DANA,
    ERLAN,
    EXECUTOR,
    FARIDA,
    HEAD,
    KEY,
    MEMBERS,
    OPERATOR,
    PROVIDER,
    SECRET,
    STARTS_AT,
    Office,
)


class TestTheRoutes:
    async def test_each_says_whom_it_is_for_and_takes_a_key(self, office: Office) -> None:
        made = app(office.node, KEY.public_key(), SECRET)
        assert routes_without_role(made) == []
        assert commands_without_key(made) == []


class TestConvening:
    async def test_puts_many_applications_before_one_sitting(self, office: Office) -> None:
        first, second = await office.admitted(), await office.admitted()
        await office.convened(first, second)
        assert await office.facts(first) == await office.facts(second) == ["ApplicationScheduled"]

    async def test_completes_the_step_with_its_deadline(self, office: Office) -> None:
        application = await office.admitted()
        await office.convened(application)
        done = (await office.case(application)).progress.completion("convene")
        assert done is not None
        assert done.facts[0].step is not None
        # admitted on Tuesday 26 November 2019; one working day after it: Wednesday the 27th, 18:30 at +06:00
        assert done.facts[0].step.due is not None
        assert done.facts[0].step.due.isoformat() == "2019-11-27T12:30:00+00:00"

    async def test_of_what_is_on_an_agenda_already_is_refused(self, office: Office) -> None:
        application = await office.admitted()
        await office.convened(application)
        body = {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [application]}
        assert await office.refused(EXECUTOR, "/sittings", **body) == "already-done"

    async def test_of_an_unknown_application_is_refused(self, office: Office) -> None:
        body = {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [uuid4()]}
        assert await office.refused(EXECUTOR, "/sittings", **body) == "unknown-application"

    async def test_is_not_for_members(self, office: Office) -> None:
        body = {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [uuid4()]}
        assert await office.refused(BOLAT, "/sittings", **body) == "wrong-role"

    async def test_under_the_same_key_again_convenes_no_second_sitting(self, office: Office) -> None:
        application = await office.admitted()
        body = {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [application]}
        first = await office.post(EXECUTOR, "/sittings", key="once", **body)
        again = await office.post(EXECUTOR, "/sittings", key="once", **body)
        assert first.json() == again.json()

    async def test_what_is_listed_in_a_members_queue_is_delivered_and_what_is_opened_is_read(
        self, office: Office
    ) -> None:
        sitting = await office.convened(await office.admitted())
        await office.settled()
        listed = (await office.get(BOLAT, "/convocations?limit=200"))["items"]
        assert {c["sitting"]: c["delivered"] for c in listed}[sitting]
        await office.get(CHINGIZ, f"/convocations/{sitting}")
        shown = await office.get(FARIDA, f"/sittings/{sitting}")
        assert shown["delivered"] == [str(BOLAT), str(CHINGIZ)]
        assert shown["read"] == [str(CHINGIZ)]

    async def test_who_joins_the_body_later_is_convened_at_once_and_nothing_reopens(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        newcomer = uuid4()
        await office.vault.create(newcomer)
        await office.appoint(newcomer, "member", since="2019-11-27")
        shown = await office.get(FARIDA, f"/sittings/{sitting}")
        assert str(newcomer) in shown["composition"]["members"]
        assert (await office.case(application)).progress.reopened == ()

    async def test_a_decision_on_a_version_that_has_changed_is_refused(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        headers = office._headers(EXECUTOR) | {"Idempotency-Key": "k", "If-Match": '"99"'}
        path = f"/api/commission/v1/sittings/{sitting}/cancellation"
        answer = await office.client.post(path, json={"reason": "quarantine"}, headers=headers)
        assert answer.status_code == 412


class TestWhenASittingIsPutOff:
    async def test_to_a_date_the_step_is_done_anew(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        later = STARTS_AT + timedelta(days=2)
        await office.do(EXECUTOR, f"/sittings/{sitting}/postponement", starts_at=later, reason="no heating")
        assert await office.facts(application) == ["ApplicationScheduled"] * 2
        assert (await office.case(application)).progress.opened("sit")

    async def test_without_a_date_it_reopens(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.do(EXECUTOR, f"/sittings/{sitting}/postponement", reason="no heating")
        assert (await office.case(application)).progress.reopened == ("convene",)
        await office.convened(application)
        assert (await office.case(application)).progress.completion("convene")

    async def test_cancelled_it_reopens(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.do(EXECUTOR, f"/sittings/{sitting}/cancellation", reason="quarantine")
        assert (await office.case(application)).progress.opened("convene")

    async def test_without_a_quorum_it_reopens(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting, present=(ASEL, BOLAT))
        assert (await office.case(application)).progress.opened("convene")

    async def test_moved_after_its_discussion_it_is_sat_upon_again(self, office: Office) -> None:
        application, other = await office.admitted(), await office.admitted()
        first, second = await office.convened(application), await office.convened(other)
        await office.begun(first)
        await office.discussed(first, application)
        await office.do(EXECUTOR, f"/sittings/{first}/items/{application}/transfer", sitting=second)
        stands = (await office.case(application)).progress
        assert stands.opened("sit")
        assert stands.reopened == ("sit",)

    async def test_moved_it_is_on_one_agenda_only(self, office: Office) -> None:
        application, other, third = [await office.admitted() for _ in range(3)]
        first, second, elsewhere = [await office.convened(a) for a in (application, other, third)]
        path = f"/sittings/{first}/items/{application}/transfer"
        await office.do(EXECUTOR, path, sitting=second)
        before = await office.facts(application)
        await office.do(EXECUTOR, path, sitting=second)  # a repetition
        assert await office.facts(application) == before
        assert await office.refused(EXECUTOR, path, sitting=elsewhere) == "not-on-agenda"
        agendas = [(await office.get(EXECUTOR, f"/sittings/{s}"))["items"] for s in (first, second, elsewhere)]
        live = [[i["application"] for i in items if not i["off"]] for items in agendas]
        assert [str(application) in on for on in live] == [False, True, False]

    async def test_moved_to_where_it_is_is_refused(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        path = f"/sittings/{sitting}/items/{application}/transfer"
        assert await office.refused(EXECUTOR, path, sitting=sitting) == "same-sitting"

    async def test_moved_back_and_forth_it_ends_where_it_was_moved_last(self, office: Office) -> None:
        application, other = await office.admitted(), await office.admitted()
        first, second = await office.convened(application), await office.convened(other)
        await office.do(EXECUTOR, f"/sittings/{first}/items/{application}/transfer", sitting=second)
        await office.do(EXECUTOR, f"/sittings/{second}/items/{application}/transfer", sitting=first)
        await office.do(EXECUTOR, f"/sittings/{first}/items/{application}/transfer", sitting=second)
        items = (await office.get(EXECUTOR, f"/sittings/{second}"))["items"]
        assert {i["application"]: i["off"] for i in items}[str(application)] is None

    async def test_a_withdrawn_application_is_not_put_back_by_moving_it(self, office: Office) -> None:
        application, other = await office.admitted(), await office.admitted()
        first, second = await office.convened(application), await office.convened(other)
        await office.ask_to_withdraw(application)
        await office.settled()
        path = f"/sittings/{first}/items/{application}/transfer"
        assert await office.refused(EXECUTOR, path, sitting=second) == "not-on-agenda"

    async def test_its_convocation_is_not_delivered_any_more(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        await office.do(EXECUTOR, f"/sittings/{sitting}/cancellation", reason="quarantine")
        await office.settled()
        listed = (await office.get(BOLAT, "/convocations?limit=200"))["items"]
        assert {c["sitting"]: c["delivered"] for c in listed}[sitting] is False

    async def test_to_a_day_without_a_member_their_list_still_opens(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        await office.settled()
        relief = {"account": CHINGIZ, "seat": "member", "until": "2019-12-05"}
        await office.do(OPERATOR, f"/bodies/{office.body}/reliefs", **relief)
        later = STARTS_AT + timedelta(days=2)
        await office.do(EXECUTOR, f"/sittings/{sitting}/postponement", starts_at=later, reason="no heating")
        # the list may still know the sitting from before
        listed = (await office.get(CHINGIZ, "/convocations?limit=200"))["items"]
        assert sitting not in {c["sitting"] for c in listed}

    async def test_taken_off_it_reopens(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.do(EXECUTOR, f"/sittings/{sitting}/items/{application}/removal")
        assert (await office.case(application)).progress.opened("convene")


class TestTheSitting:
    async def test_is_kept_by_the_bodys_secretary_alone(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        assert await office.refused(BOLAT, f"/sittings/{sitting}/roll-call", present=[]) == "wrong-role"

    async def test_is_not_opened_before_its_time(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        assert await office.refused(FARIDA, f"/sittings/{sitting}/roll-call", present=MEMBERS) == "sitting-not-begun"

    async def test_decides_by_open_vote(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application, "for", "against", "against", "against", "abstain")
        done = (await office.case(application)).progress.completion("decide")
        assert done is not None
        assert done.outcome == "refused"

    async def test_a_member_speaks_for_nobody_else(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        path = f"/sittings/{sitting}/items/{application}/recusals/{BOLAT}"
        assert await office.refused(CHINGIZ, path, reason="kinship") == "not-your-body"

    async def test_a_recusal_is_recorded_by_the_member_or_by_the_secretary(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        path = f"/sittings/{sitting}/items/{application}/recusals"
        await office.do(BOLAT, f"{path}/{BOLAT}", reason="kinship")
        await office.do(FARIDA, f"{path}/{DANA}", reason="kinship")
        recused = (await office.get(FARIDA, f"/sittings/{sitting}"))["items"][0]["recused"]
        assert recused == {str(BOLAT): "kinship", str(DANA): "kinship"}

    async def test_two_who_vote_at_once_are_both_heard(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.discussed(sitting, application)
        path = f"/sittings/{sitting}/items/{application}/votes"
        await asyncio.gather(*(office.do(member, path, choice="for") for member in MEMBERS))
        votes = (await office.get(FARIDA, f"/sittings/{sitting}"))["items"][0]["votes"]
        assert set(votes) == {str(m) for m in MEMBERS}


class TestTheProtocol:
    async def test_signed_by_those_present_and_approved_last_grants(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.approved(sitting)
        done = (await office.case(application)).progress.completion("approve-protocol")
        assert done is not None
        assert done.outcome == "granted"
        assert (await office.facts(application))[-2:] == ["ProtocolApproved", "ContractDrawn"]

    async def test_of_a_refusal_draws_no_contract(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application, *["against"] * 5)
        await office.approved(sitting)
        assert "ContractDrawn" not in await office.facts(application)

    async def test_is_the_same_when_it_is_approved_again(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.approved(sitting)
        before = await office.facts(application)
        digest = (await office.get(ASEL, f"/sittings/{sitting}/protocol"))["digest"]
        await office.do(ASEL, f"/sittings/{sitting}/protocol/approval", digest=digest)
        assert await office.facts(application) == before

    @pytest.mark.parametrize("both", [False, True])
    async def test_reopens_for_every_application_in_it_when_one_is_corrected(self, office: Office, both: bool) -> None:
        applications = [await office.admitted() for _ in range(1 + both)]
        sitting = await office.convened(*applications)
        await office.begun(sitting)
        for application in applications:
            await office.decided(sitting, application)
        await office.signed(sitting)
        path = f"/sittings/{sitting}/corrections/{applications[0]}/note"
        await office.do(FARIDA, path, note="heard the applicant", reason="left out")
        for application in applications:
            stands = (await office.case(application)).progress
            assert stands.opened("draw-protocol")
            assert set(stands.reopened) == {"draw-protocol", "sign-protocol"}

    async def test_corrected_in_a_vote_it_is_drawn_signed_and_approved_again(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application, "for", "for", "for", "against", "against")
        await office.signed(sitting)
        path = f"/sittings/{sitting}/corrections/{application}/vote"
        correction = {"member": CHINGIZ, "choice": "against", "reason": "misheard"}
        assert await office.refused(FARIDA, path, **correction) == "reasons-needed"
        await office.do(FARIDA, path, reasons="not feasible", **correction)
        await office.approved(sitting)
        done = (await office.case(application)).progress.completion("approve-protocol")
        assert done is not None
        assert done.outcome == "refused"

    async def test_corrected_in_the_roll_call_it_rests_on_the_sitting_as_corrected(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.signed(sitting)
        present = (ASEL, BOLAT, CHINGIZ, DANA)
        await office.do(FARIDA, f"/sittings/{sitting}/corrections/roll-call", present=present, reason="Erlan had left")
        stands = (await office.case(application)).progress
        assert stands.completion("sit")
        assert stands.completion("decide")
        assert stands.opened("draw-protocol")
        digest = await office.drawn(sitting)
        for member in (BOLAT, CHINGIZ, DANA):
            await office.do(member, f"/sittings/{sitting}/protocol/signatures", digest=digest)
        assert (
            await office.refused(ASEL, f"/sittings/{sitting}/protocol/approval", digest=digest) == "signatures-missing"
        )
        await office.do(FARIDA, f"/sittings/{sitting}/protocol/refusals", member=ERLAN, reason="had left")
        await office.do(ASEL, f"/sittings/{sitting}/protocol/approval", digest=digest)
        assert (await office.case(application)).progress.completion("approve-protocol")

    async def test_corrected_so_that_no_quorum_is_left_the_application_needs_a_new_sitting(
        self, office: Office
    ) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.signed(sitting)
        present = (ASEL, BOLAT)
        await office.do(FARIDA, f"/sittings/{sitting}/corrections/roll-call", present=present, reason="three had left")
        assert (await office.case(application)).progress.opened("convene")

    async def test_one_recorded_as_refusing_may_sign_after_all(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        digest = await office.drawn(sitting)
        await office.do(FARIDA, f"/sittings/{sitting}/protocol/refusals", member=ERLAN, reason="ill")
        for member in (BOLAT, CHINGIZ, DANA):
            await office.do(member, f"/sittings/{sitting}/protocol/signatures", digest=digest)
        assert (await office.case(application)).progress.completion("sign-protocol")
        signing = {"digest": digest, "dissent": "too dear"}
        path = f"/sittings/{sitting}/protocol/signatures"
        assert await office.refused(ERLAN, path, at=STARTS_AT - timedelta(days=1), **signing) == "before-its-ground"
        await office.do(ERLAN, f"/sittings/{sitting}/protocol/signatures", **signing)
        assert (await office.case(application)).progress.completion("sign-protocol")
        signers = (await office.get(FARIDA, f"/sittings/{sitting}/protocol"))["signers"]
        assert {s["member"]: s["dissent"] for s in signers}[str(ERLAN)] == "too dear"
        await office.do(ASEL, f"/sittings/{sitting}/protocol/approval", digest=digest)

    async def test_seals_why_a_member_did_not_sign(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.drawn(sitting)
        await office.do(FARIDA, f"/sittings/{sitting}/protocol/refusals", member=ERLAN, reason="in hospital")
        signers = (await office.get(FARIDA, f"/sittings/{sitting}/protocol"))["signers"]
        assert {s["member"]: s["reason"] for s in signers}[str(ERLAN)] == "in hospital"
        streams = (f"sitting:{sitting}", f"commission:{application}")
        written = [row.data for stream in streams for row in await office.log.stream(stream)]
        assert not any("in hospital" in data for data in written)

    async def test_is_shown_intact_until_words_in_it_are_erased(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.drawn(sitting)
        assert (await office.get(FARIDA, f"/sittings/{sitting}/protocol"))["intact"] is True
        await office.vault.forget(application)
        assert (await office.get(FARIDA, f"/sittings/{sitting}/protocol"))["intact"] is False


class TestWhatIsWrittenBesideAFact:
    async def test_names_the_provider_of_the_body_among_those_that_the_caller_serves(self, office: Office) -> None:
        application = await office.admitted()
        office.grants[EXECUTOR] = (
            Grant(role=Role.EXECUTOR, provider="shymkent-city"),
            Grant(role=Role.EXECUTOR, provider=PROVIDER),
        )
        await office.convened(application)
        assert (await office.meta(application))["provider"] == PROVIDER

    async def test_names_the_chair_who_is_a_member_too_as_chair_when_approving(self, office: Office) -> None:
        office.grants[ASEL] = tuple(Grant(role=role, provider=PROVIDER) for role in (Role.MEMBER, Role.CHAIR))
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.approved(sitting)
        assert (await office.meta(application))["role"] == "chair"

    async def test_names_the_applicant_for_whom_a_paper_signature_is_recorded(self, office: Office) -> None:
        application = await office.granted("paper")
        digest = await office.contract_digest(application)
        path = f"/contracts/{application}/paper-signature"
        assert (await office.upload(CLERK, path, b"%PDF-1.7 signed", digest=digest)).is_success
        meta = await office.meta(application)
        assert (meta["role"], meta["provider"], meta["on_behalf"]) == ("chancellery", PROVIDER, str(application))


class TestAnInstantOutOfAllReckoning:
    @pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    async def test_is_refused_wherever_one_is_stated(self, office: Office, at: str) -> None:
        application = await office.admitted()
        convening = await office.post(
            EXECUTOR, "/sittings", body=office.body, starts_at=at, place="room 3", agenda=[application]
        )
        assert convening.status_code == 422
        sitting = await office.convened(application)
        put_off = {"starts_at": at, "reason": "no heating"}
        assert (await office.post(EXECUTOR, f"/sittings/{sitting}/postponement", **put_off)).status_code == 422
        called = await office.post(FARIDA, f"/sittings/{sitting}/roll-call", present=MEMBERS, at=at)
        assert called.status_code == 422
        path = f"/contracts/{application}/paper-signature"
        assert (await office.upload(CLERK, path, b"%PDF-1.7", digest="0" * 64, at=at)).status_code == 422


class TestTheContract:
    async def test_waits_for_the_notice(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.approved(sitting)
        digest = await office.contract_digest(application)
        path = f"/contracts/{application}/signatures"
        assert await office.refused(HEAD, path, party="provider", digest=digest) == "step-not-open-yet"

    async def test_signed_by_all_three_ends_the_case(self, office: Office) -> None:
        application = await office.granted()
        digest, path = await office.contract_digest(application), f"/contracts/{application}/signatures"
        await office.do(application, path, party="applicant", digest=digest)
        await office.do(HEAD, path, party="provider", digest=digest)
        await office.do(AGENCY, path, party="financial-agency", digest=digest)
        assert (await office.facts(application))[-3:] == [
            "ContractPartySigned",
            "ContractPartySigned",
            "ContractSigned",
        ]
        ended = (await office.case(application)).progress.ended
        assert ended is not None
        assert ended.outcome == "contract"

    async def test_signed_by_one_again_changes_nothing(self, office: Office) -> None:
        application = await office.granted()
        digest, path = await office.contract_digest(application), f"/contracts/{application}/signatures"
        await office.do(HEAD, path, party="provider", digest=digest)
        before = await office.facts(application)
        await office.do(HEAD, path, party="provider", digest=digest)
        assert await office.facts(application) == before

    async def test_is_not_signed_for_another_party(self, office: Office) -> None:
        application = await office.granted()
        digest, path = await office.contract_digest(application), f"/contracts/{application}/signatures"
        assert await office.refused(HEAD, path, party="financial-agency", digest=digest) == "wrong-role"

    async def test_is_nothing_to_another_applicant(self, office: Office) -> None:
        application, stranger = await office.granted(), uuid4()
        digest, path = await office.contract_digest(application), f"/contracts/{application}/signatures"
        assert await office.refused(stranger, path, party="applicant", digest=digest) == "signs-for-another"
        answer = await office.client.get(
            f"/api/commission/v1/contracts/{application}", headers=office._headers(stranger)
        )
        assert answer.json()["code"] == "unknown-application"

    async def test_of_a_paper_applicant_is_signed_by_the_scan(self, office: Office) -> None:
        application = await office.granted("paper")
        digest = await office.contract_digest(application)
        content = b"%PDF-1.7 signed"
        answer = await office.upload(CLERK, f"/contracts/{application}/paper-signature", content, digest=digest)
        assert answer.is_success, answer.text
        headers = office._headers(HEAD)
        scan = await office.client.get(f"/api/commission/v1/contracts/{application}/scan", headers=headers)
        assert (scan.content, scan.headers["content-type"]) == (content, "application/pdf")

    async def test_takes_no_scan_that_is_no_document(self, office: Office) -> None:
        application = await office.granted("paper")
        digest = await office.contract_digest(application)
        answer = await office.upload(CLERK, f"/contracts/{application}/paper-signature", b"MZ", digest=digest)
        assert answer.json()["code"] == "unknown-format"

    async def test_keeps_no_scan_of_a_signature_that_is_refused(self, office: Office) -> None:
        application = await office.granted("paper")
        path = f"/contracts/{application}/paper-signature"
        answer = await office.upload(CLERK, path, b"%PDF-1.7 signed", digest="0" * 64)
        assert answer.json()["code"] == "contract-text-changed"
        early = {"digest": await office.contract_digest(application), "at": "2019-11-26T10:00:00+06:00"}
        answer = await office.upload(CLERK, path, b"%PDF-1.7 signed", **early)
        assert answer.json()["code"] == "before-its-ground"
        assert await office.log.pool.fetchval("select count(*) from documents where person = $1", application) == 0

    async def test_declined_at_the_counter_by_who_filed_on_paper_ends_the_case(self, office: Office) -> None:
        application = await office.granted("paper")
        declined = {"reason": "found an investor", "at": office.clock.at}
        office.clock.at += timedelta(hours=2)
        await office.do(CLERK, f"/contracts/{application}/decline", **declined)
        ended = (await office.case(application)).progress.ended
        assert ended is not None
        assert (ended.outcome, ended.at) == ("declined", declined["at"])
        assert (await office.meta(application))["on_behalf"] == str(application)

    async def test_is_not_declined_at_the_counter_for_who_filed_through_the_portal(self, office: Office) -> None:
        application = await office.granted("portal")
        assert await office.refused(CLERK, f"/contracts/{application}/decline") == "not-on-paper"

    async def test_declined_by_the_applicant_ends_the_case(self, office: Office) -> None:
        application = await office.granted()
        await office.do(application, f"/contracts/{application}/decline", reason="found an investor")
        ended = (await office.case(application)).progress.ended
        assert ended is not None
        assert ended.outcome == "declined"
        digest = await office.contract_digest(application)
        path = f"/contracts/{application}/signatures"
        assert await office.refused(HEAD, path, party="provider", digest=digest) == "contract-over"

    async def test_unsigned_is_closed_by_the_head_after_its_term_only(self, office: Office) -> None:
        application = await office.granted()
        path = f"/contracts/{application}/closure"
        assert await office.refused(HEAD, path, reason="unsigned") == "term-not-over"
        # approved on Wednesday 4 December 2019; ten working days after it, over the holidays of 16 and 17 December:
        # 5, 6, 9, 10, 11, 12, 13, 18, 19, 20 December, 18:30
        office.clock.at = STARTS_AT.replace(day=20, hour=12, minute=30)
        assert await office.refused(HEAD, path, reason="unsigned") == "term-not-over"
        office.clock.at += timedelta(seconds=1)
        await office.do(HEAD, path, reason="unsigned")
        ended = (await office.case(application)).progress.ended
        assert ended is not None
        assert ended.outcome == "closed"


class TestWithdrawal:
    async def test_before_the_vote_closes_is_granted_and_empties_the_agenda(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.ask_to_withdraw(application)
        await office.settled()
        ended = (await office.case(application)).progress.ended
        assert ended is not None
        assert ended.outcome == "withdrawn"
        shown = await office.get(FARIDA, f"/sittings/{sitting}")
        assert shown["items"][0]["off"] == "withdrawn"

    async def test_after_it_is_declined_with_both_instants(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application)
        await office.ask_to_withdraw(application)
        await office.settled()
        assert (await office.facts(application))[-1] == "WithdrawalDeclined"
        assert (await office.case(application)).progress.ended is None

    @pytest.mark.parametrize(("choice", "possible"), [("for", True), ("against", False)])
    async def test_asked_before_the_vote_closed_tells_of_declining_only_a_contract_that_can_come(
        self, office: Office, choice: str, possible: bool
    ) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application, *[choice] * 5)
        await office.ask_to_withdraw(application)  # at the very instant of the decision, and known after it
        await office.settled()
        declined = (await office.case(application)).newest(WithdrawalDeclined)
        assert declined is not None
        assert isinstance(declined.body, WithdrawalDeclined)
        assert declined.body.contract_can_be_declined is possible

    async def test_asked_while_the_case_was_ending_is_answered_all_the_same(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.decided(sitting, application, *["against"] * 5)
        await office.approved(sitting)
        await office.told_of(application, "refused")
        assert (await office.case(application)).progress.ended
        await office.ask_to_withdraw(application)
        await office.settled()
        assert (await office.facts(application))[-1] == "WithdrawalDeclined"

    async def test_at_the_same_moment_as_the_vote_closes_has_one_answer(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.discussed(sitting, application)
        closing = office.post(
            FARIDA, f"/sittings/{sitting}/items/{application}/decision", reasons="feasible", silent=MEMBERS
        )
        await asyncio.gather(closing, office.ask_to_withdraw(application))
        await office.settled()
        said = await office.facts(application)
        assert ("ApplicationDecided" in said) == ("WithdrawalDeclined" in said)
        assert ("ApplicationDecided" in said) != ("ApplicationWithdrawn" in said)

    async def test_answered_on_a_case_read_before_the_vote_closed_is_answered_anew(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.begun(sitting)
        await office.discussed(sitting, application)
        work = await office.node.work()
        asked = WithdrawalRequested(happened_at=office.clock.at, asked_through="cabinet")
        (await case_of(work, application)).learn(uuid4(), 99, asked)
        path = f"/sittings/{sitting}/items/{application}/decision"
        await office.do(FARIDA, path, reasons="feasible", silent=MEMBERS)
        row = (await office.log.stream(f"intake:{application}"))[-1]
        with pytest.raises(Overtaken):
            await when_a_case_comes_then_answer_withdrawal(work, row)

    async def test_is_answered_once(self, office: Office) -> None:
        application = await office.admitted()
        await office.ask_to_withdraw(application)
        await office.ask_to_withdraw(application)
        await office.settled()
        assert await office.facts(application) == ["ApplicationWithdrawn"]

    async def test_whose_request_overtakes_the_admission_is_answered_when_the_case_comes(self, office: Office) -> None:
        application = await office.registered()
        await office.ask_to_withdraw(application)
        await office.settled()
        assert await office.facts(application) == []
        await office.admit(application)
        await office.settled()
        assert await office.facts(application) == ["ApplicationWithdrawn"]

    async def test_leaves_nothing_to_convene(self, office: Office) -> None:
        application = await office.admitted()
        await office.ask_to_withdraw(application)
        await office.settled()
        body = {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [application]}
        assert await office.refused(EXECUTOR, "/sittings", **body) == "case-ended"


class TestAppointing:
    async def test_somebody_without_an_account_is_refused(self, office: Office) -> None:
        seat = {"account": uuid4(), "seat": "member", "since": "2019-11-01"}
        assert await office.refused(OPERATOR, f"/bodies/{office.body}/appointments", **seat) == "unknown-person"

    async def test_a_second_chair_is_refused(self, office: Office) -> None:
        seat = {"account": BOLAT, "seat": "chair", "since": "2019-11-01"}
        assert await office.refused(OPERATOR, f"/bodies/{office.body}/appointments", **seat) == "seat-taken"

    async def test_a_relieved_secretary_keeps_no_sitting(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        relief = {"account": FARIDA, "seat": "secretary", "until": "2019-12-01"}
        await office.do(OPERATOR, f"/bodies/{office.body}/reliefs", **relief)
        office.clock.at = STARTS_AT
        assert await office.refused(FARIDA, f"/sittings/{sitting}/roll-call", present=[]) == "not-your-body"


class TestReading:
    async def test_the_bodies_tell_who_sits_in_them(self, office: Office) -> None:
        (body,) = [b for b in await office.get(OPERATOR, "/bodies") if b["id"] == office.body]
        assert body["today"]["chair"] == str(ASEL)
        assert {s["name"] for s in body["seats"]} == {"A. B."}

    async def test_sittings_are_listed_by_pages(self, office: Office) -> None:
        sittings = [await office.convened(await office.admitted()) for _ in range(3)]
        await office.settled()
        first = await office.get(EXECUTOR, f"/sittings?limit=2&body={office.body}")
        rest = await office.get(EXECUTOR, f"/sittings?limit=2&body={office.body}&cursor={first['next']}")
        assert {s["id"] for s in first["items"] + rest["items"]} == set(sittings)
        assert rest["next"] is None

    async def test_the_list_says_how_far_each_is(self, office: Office) -> None:
        begun, off = [await office.convened(await office.admitted()) for _ in range(2)]
        await office.do(EXECUTOR, f"/sittings/{off}/cancellation", reason="Жылу жоқ.")
        office.clock.at = STARTS_AT
        await office.do(FARIDA, f"/sittings/{begun}/roll-call", present=MEMBERS)
        await office.settled()
        listed = (await office.get(EXECUTOR, f"/sittings?body={office.body}"))["items"]
        assert {s["id"]: (s["state"], len(s["agenda"])) for s in listed} == {begun: ("begun", 1), off: ("cancelled", 0)}

    async def test_the_calendars_entry_is_called_as_the_one_that_letters_bring(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        file = await office.read(BOLAT, f"/sittings/{sitting}/calendar")
        assert f"UID:{sitting}@reglament\r\nSEQUENCE:1\r\n" in file.text
        assert "SUMMARY:Competition commission\r\n" in file.text

    async def test_an_opening_of_an_applicants_data_is_recorded(self, office: Office) -> None:
        application = await office.admitted()
        sitting = await office.convened(application)
        await office.get(EXECUTOR, f"/sittings/{sitting}")
        rows = await office.log.pool.fetch("select account from openings where subject = $1", str(application))
        assert [r["account"] for r in rows] == [EXECUTOR]

    async def test_who_has_no_seat_in_the_body_sees_no_sitting(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        assert await office.unseen(OPERATOR, f"/sittings/{sitting}") == "wrong-role"
        relief = {"account": DANA, "seat": "member", "until": "2019-11-20"}
        await office.do(OPERATOR, f"/bodies/{office.body}/reliefs", **relief)
        assert await office.unseen(DANA, f"/sittings/{sitting}") == "not-your-body"

    async def test_who_has_a_seat_on_the_sittings_day_sees_it_before_and_after(self, office: Office) -> None:
        relief = {"account": DANA, "seat": "member", "until": "2019-12-05"}
        await office.do(OPERATOR, f"/bodies/{office.body}/reliefs", **relief)
        sitting = await office.convened(await office.admitted())
        office.clock.at = STARTS_AT + timedelta(days=30)
        assert (await office.get(DANA, f"/sittings/{sitting}"))["id"] == sitting

    async def test_the_protocol_is_numbered_within_the_year(self, office: Office) -> None:
        sitting = await office.convened(await office.admitted())
        assert (await office.get(FARIDA, f"/sittings/{sitting}"))["number"] == "1/2019"
        assert UUID(sitting)
