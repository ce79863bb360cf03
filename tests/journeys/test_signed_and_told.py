"""The protocol: drawn, signed, corrected, approved last; then the applicant is told."""

from tests.journeys.filing import (
    APPROVED,
    SIGNED,
    approved,
    convened,
    decided,
    discussed,
    drawn,
)
from tests.journeys.town import Town


class TestWhenTheProtocolIsDrawn:
    async def test_it_says_who_signs_and_has_one_digest(self, town: Town) -> None:
        sitting = await decided(town)
        protocol = await sitting.draw()
        # all members sign (§5.6), but the chair, who presided and approves
        signers = {s["member"] for s in protocol["signers"]}
        assert signers == {town.account(m) for m in ("deputy", "member-1", "member-2", "member-3")}
        assert (protocol["approver"], protocol["approved"]) == (town.account("chair"), False)
        state = await sitting.over[0].state()
        assert [o["step"] for o in state["open"]] == ["sign-protocol"]

    async def test_not_before_every_item_is_decided(self, town: Town) -> None:
        sitting = await discussed(town)
        await town.refused("secretary", f"{sitting.path}/protocol", {}, code="items-undecided", status=409)

    async def test_another_digest_is_refused_with_the_one_expected(self, town: Town) -> None:
        sitting = await drawn(town)
        path = f"{sitting.path}/protocol/signatures"
        problem = await town.refused("member-1", path, {"digest": "0" * 64}, code="protocol-text-changed", status=409)
        assert (await sitting.protocol())["digest"] in problem["detail"]

    async def test_who_approves_doesnt_sign(self, town: Town) -> None:
        sitting = await drawn(town)
        given = {"digest": (await sitting.protocol())["digest"]}
        await town.refused("chair", f"{sitting.path}/protocol/signatures", given, code="not-signer", status=403)

    async def test_of_who_was_absent_the_secretary_records_why_they_dont_sign(self, town: Town) -> None:
        sitting = await drawn(town)
        answers = {s["member"]: (s["signed"], s["reason"]) for s in (await sitting.protocol())["signers"]}
        absent = {town.account(m): (False, "Отырысқа қатысқан жоқ.") for m in ("deputy", "member-3")}
        assert answers == {**absent, **{town.account(m): (False, None) for m in ("member-1", "member-2")}}

    async def test_the_chair_approves_last(self, town: Town) -> None:
        sitting = await drawn(town)
        await sitting.sign("member-1")
        path, given = f"{sitting.path}/protocol/approval", {"digest": (await sitting.protocol())["digest"]}
        await town.refused("chair", path, given, code="signatures-missing", status=409)
        await sitting.sign("member-2")
        await town.refused("member-1", path, given, code="not-presiding", status=403)
        await sitting.approve()
        assert await sitting.over[0].open() == ["notify"]

    async def test_who_refuses_to_sign_is_recorded_with_the_reason(self, town: Town) -> None:
        sitting = await drawn(town)
        path = f"{sitting.path}/protocol/refusals"
        refuses = {"member": town.account("member-2"), "reason": "Іссапарда."}
        await town.refused("member-1", path, refuses, code="wrong-role", status=403)
        await town.do("secretary", path, refuses)
        await sitting.sign("member-1")
        await town.refused(
            "secretary",
            path,
            {"member": town.account("member-1"), "reason": "…"},
            code="signed-already",
            status=409,
        )
        await sitting.approve()
        answers = {s["member"]: (s["signed"], s["reason"]) for s in (await sitting.protocol())["signers"]}
        assert answers[town.account("member-1")] == (True, None)
        assert answers[town.account("member-2")] == (False, "Іссапарда.")

    async def test_a_dissenting_opinion_stands_beside_the_signature(self, town: Town) -> None:
        sitting = await drawn(town)
        await sitting.sign("member-1", dissent="Сома тым көп.")
        signers = (await sitting.protocol())["signers"]
        (signer,) = (s for s in signers if s["member"] == town.account("member-1"))
        assert (signer["signed"], signer["dissent"]) == (True, "Сома тым көп.")

    async def test_signing_again_changes_nothing(self, town: Town) -> None:
        sitting = await drawn(town)
        await sitting.sign("member-1")
        version = (await sitting.protocol())["version"]
        await sitting.sign("member-1")
        assert (await sitting.protocol())["version"] == version


class TestWhenItIsCorrectedBeforeTheApproval:
    async def test_all_signatures_fall_visibly_and_it_is_drawn_and_signed_again(self, town: Town) -> None:
        sitting = await drawn(town)
        filing = sitting.over[0]
        await sitting.sign("member-1", "member-2")
        old = (await sitting.protocol())["digest"]
        note = {"note": "Жоба таныстырылды, екі сұрақ қойылды.", "reason": "Сұрақтар жазылмай қалған."}
        await town.do("secretary", f"{sitting.path}/corrections/{filing.id}/note", note)
        state = await filing.state()
        assert ([o["step"] for o in state["open"]], state["reopened"]) == (
            ["draw-protocol"],
            ["draw-protocol", "sign-protocol"],
        )
        assert await filing.standing("ProtocolSigned") == ["fell"] * 4  # two signatures, two reasons of the absent
        assert "protocol-reopened" in [m["template"] for m in state["messages"]]
        await town.refused(
            "chair", f"{sitting.path}/protocol/approval", {"digest": old}, code="no-protocol", status=409
        )
        protocol = await sitting.draw(at="2019-12-05 15:00")
        assert protocol["digest"] != old
        await sitting.sign("member-1", "member-2")
        await sitting.approve()
        assert await filing.standing("ProtocolSigned") == ["fell"] * 4 + ["stands"] * 4
        assert await filing.open() == ["notify"]

    async def test_a_vote_that_turns_the_outcome_needs_new_reasons(self, town: Town) -> None:
        sitting = await drawn(town)  # the chair for, two abstaining
        filing = sitting.over[0]
        path = f"{sitting.path}/corrections/{filing.id}/vote"
        slip = {"member": town.account("member-2"), "choice": "against", "reason": "Қате жазылған."}
        await town.do("secretary", path, slip)  # 1 to 1, and the chair breaks the tie: still granted
        turned = {"member": town.account("member-1"), "choice": "against", "reason": "Қате жазылған."}
        await town.refused("secretary", path, turned, code="reasons-needed", status=422)
        await town.do("secretary", path, {**turned, "reasons": "Көпшілік қарсы."})
        await sitting.draw(at="2019-12-05 15:00")
        state = await filing.state()
        decided_so = [e["outcome"] for e in state["timeline"] if e["event"] == "ApplicationDecided"]
        assert (decided_so[-1], [o["step"] for o in state["open"]]) == ("refused", ["sign-protocol"])

    async def test_a_roll_call_corrected_below_the_quorum_leaves_no_decision(self, town: Town) -> None:
        sitting = await drawn(town)  # three of five were there
        there = {"present": [town.account("chair"), town.account("member-1")], "reason": "Қатыспаған."}
        await town.do("secretary", f"{sitting.path}/corrections/roll-call", there)
        assert await sitting.over[0].open() == ["convene"]

    async def test_every_application_in_it_is_drawn_again(self, town: Town) -> None:
        sitting = await (await convened(town, 2)).call_roll()
        await sitting.discuss()
        await sitting.vote(dict.fromkeys(sitting.present, "for"))
        first, second = sitting.over
        await sitting.decide(first)
        await sitting.decide(second)
        await sitting.draw()
        reasons = {"reasons": "Шарттарға сай келеді.", "reason": "Толық жазылмаған."}
        await town.do("secretary", f"{sitting.path}/corrections/{first.id}/reasons", reasons)
        assert (await first.open(), await second.open()) == (["draw-protocol"], ["draw-protocol"])


class TestWhenItIsApproved:
    async def test_no_correction_is_possible(self, town: Town) -> None:
        sitting = await approved(town)
        note = {"note": "Басқа.", "reason": "Қате."}
        path = f"{sitting.path}/corrections/{sitting.over[0].id}/note"
        await town.refused("secretary", path, note, code="protocol-final", status=409)

    async def test_telling_a_grant_opens_the_contract(self, town: Town) -> None:
        filing = (await approved(town)).over[0]
        await filing.tell()
        state = await filing.state()
        # ten working days from the approval, Friday 6 December: to 13 that is 5; 16, 17 off, 18-20: 8; 23, 24: 10
        assert [(o["step"], o["due"]) for o in state["open"]] == [("sign-contract", "2019-12-24T18:30:00+06:00")]
        assert state["open"][0]["missing"] == ["provider", "financial-agency", "applicant"]

    async def test_telling_it_again_tells_nothing_new(self, town: Town) -> None:
        filing = await (await approved(town)).over[0].tell()
        await filing.tell()
        told = [e for e in (await filing.state())["timeline"] if e["event"] == "ApplicantNotified"]
        assert [t["step"] for t in told] == ["tell-admission", "notify"]

    async def test_telling_a_refusal_closes_the_case(self, town: Town) -> None:
        sitting = await approved(town, "against")
        filing = sitting.over[0]
        await filing.tell()
        state = await filing.state()
        result = state["result"]
        assert (state["status"]["code"], state["open"]) == ("refused", [])
        assert (result["event"], result["protocol"]) == ("ApplicantNotified", (await sitting.protocol())["number"])
        assert result["reasons"] == "Шарттарға сәйкестігі талқыланды."
        await town.refused("head", filing.contract_path, method="GET", code="not-found", status=404)

    async def test_only_the_chancellery_tells(self, town: Town) -> None:
        filing = (await approved(town)).over[0]
        await town.refused("executor", filing.notices, {"channel": "paper"}, code="not-your-provider", status=403)

    async def test_it_isnt_told_before(self, town: Town) -> None:
        sitting = await drawn(town)
        filing = sitting.over[0]
        await filing.state()
        problem = await town.refused(
            "clerk", filing.notices, {"channel": "paper"}, code="step-not-open-yet", status=409
        )
        assert "approve-protocol" in problem["detail"]


class TestTheTerms:
    async def test_signing_is_timed_by_the_newest_protocol_and_the_approval_by_its_day(self, town: Town) -> None:
        sitting = await drawn(town)
        state = await sitting.over[0].state()
        # one working day from Thursday 5 December: Friday 6
        assert [(o["step"], o["due"]) for o in state["open"]] == [("sign-protocol", "2019-12-06T18:30:00+06:00")]
        await town.at(SIGNED)
        await sitting.sign("member-1", "member-2")
        await sitting.approve(at=APPROVED)
        action = next(a for a in (await sitting.over[0].state())["actions"] if a["code"] == "signing")
        assert (action["completed_at"][:16], action["late"]) == ("2019-12-06T10:00", False)
