"""The protocol: drawn, signed, approved last, and dropped by corrections until then."""

import hashlib
import json
from typing import cast

import pytest

from services.commission.sitting.domain import Sitting
from services.commission.sitting.protocol import NEWEST, text
from services.commission.sitting.refusals import (
    ItemsUndecided,
    NoProtocol,
    NoRollCall,
    NotDiscussed,
    NothingDecided,
    NotPresent,
    NotPresiding,
    NotSigner,
    ProtocolFinal,
    ProtocolTextChanged,
    ReasonsNeeded,
    SignaturesMissing,
    SignedAlready,
    SittingOver,
)
from services.commission.sitting.signing import Signing
from shared.kernel.events import DomainEvent, replay
from tests.commission.sittings import (
    ABSTAIN,
    AGAINST,
    ASEL,
    BAKERY,
    BOLAT,
    CHINGIZ,
    DANA,
    DECIDED_AT,
    DRAWN_AT,
    ERLAN,
    FOR,
    HELD_AT,
    MEMBERS,
    SAWMILL,
    SIGNED_AT,
    STARTS_AT,
    about,
    approved,
    begun,
    convened,
    decided,
    discussed,
    drawn,
    new_facts,
    of,
    signed,
    terms,
)


class TestDrawing:
    def test_needs_the_roll_call(self) -> None:
        with pytest.raises(NoRollCall):
            convened().draw_protocol("1/2019", DRAWN_AT)

    def test_waits_until_every_item_is_decided(self) -> None:
        with pytest.raises(ItemsUndecided) as refused:
            discussed(BAKERY, SAWMILL).draw_protocol("1/2019", DRAWN_AT)
        assert refused.value.params["applications"] == [BAKERY, SAWMILL]

    def test_an_item_taken_off_holds_nothing_up(self) -> None:
        sitting = discussed(BAKERY, SAWMILL)
        sitting.take_off(SAWMILL, "taken-off", HELD_AT)
        for member in MEMBERS:
            sitting.vote(BAKERY, member, FOR)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)
        sitting.draw_protocol("1/2019", DRAWN_AT)
        assert json.loads(text(sitting, "1/2019", 1))["taken_off"] == [str(SAWMILL)]

    def test_needs_a_decision(self) -> None:
        sitting = begun(BAKERY)
        sitting.take_off(BAKERY, "taken-off", HELD_AT)
        with pytest.raises(NothingDecided):
            sitting.draw_protocol("1/2019", DRAWN_AT)

    def test_without_a_quorum_there_is_none(self) -> None:
        with pytest.raises(SittingOver):
            begun(present=(ASEL,)).draw_protocol("1/2019", DRAWN_AT)

    def test_its_digest_is_sha_256_of_its_canonical_text(self) -> None:
        sitting = drawn()
        assert sitting.drawn.digest == hashlib.sha256(text(sitting, "1/2019", NEWEST).encode()).hexdigest()

    def test_its_text_says_what_was_decided_and_why(self) -> None:
        said = json.loads(text(drawn(BAKERY), "1/2019", 1))
        assert said["present"] == [str(m) for m in MEMBERS]
        assert said["decided"][0]["reasons"] == "feasible plan"
        assert said["decided"][0]["votes"][str(ASEL)] == "for"
        assert said["decided"][0]["count"]["outcome"] == "granted"

    def test_again_changes_nothing(self) -> None:
        sitting = drawn()
        sitting.collect_events()
        sitting.draw_protocol("1/2019", DRAWN_AT)
        assert not new_facts(sitting)

    def test_those_present_sign_and_who_presided_approves(self) -> None:
        protocol = drawn(present=(ASEL, BOLAT, CHINGIZ)).drawn
        assert (protocol.signers, protocol.approver) == ((BOLAT, CHINGIZ), ASEL)

    def test_all_members_sign_where_the_reading_in_use_says_all(self) -> None:
        protocol = drawn(present=(ASEL, BOLAT, CHINGIZ), said=terms(signers="all")).drawn
        assert protocol.signers == (BOLAT, CHINGIZ, DANA, ERLAN)

    def test_the_deputy_approves_for_an_absent_chair(self) -> None:
        protocol = drawn(present=(BOLAT, CHINGIZ, DANA)).drawn
        assert (protocol.signers, protocol.approver) == ((CHINGIZ, DANA), BOLAT)

    def test_the_chair_approves_when_neither_was_there(self) -> None:
        protocol = drawn(present=(CHINGIZ, DANA, ERLAN)).drawn
        assert (protocol.signers, protocol.approver) == ((CHINGIZ, DANA, ERLAN), ASEL)


class TestWhenTheProtocolIsDrawn:
    def test_a_member_signs_over_its_digest(self) -> None:
        sitting = drawn()
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        assert sitting.drawn.answers[BOLAT].signed

    def test_another_digest_is_refused_with_the_one_expected(self) -> None:
        sitting = drawn()
        with pytest.raises(ProtocolTextChanged) as refused:
            sitting.sign(BOLAT, "0" * 64, SIGNED_AT)
        assert refused.value.params["expected"] == sitting.drawn.digest

    def test_signing_again_changes_nothing(self) -> None:
        sitting = drawn()
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        sitting.collect_events()
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        assert not new_facts(sitting)

    def test_who_was_absent_does_not_sign(self) -> None:
        sitting = drawn(present=(ASEL, BOLAT, CHINGIZ))
        with pytest.raises(NotSigner):
            sitting.sign(DANA, sitting.drawn.digest, SIGNED_AT)

    def test_who_approves_is_no_signer(self) -> None:
        sitting = drawn()
        with pytest.raises(NotSigner):
            sitting.sign(ASEL, sitting.drawn.digest, SIGNED_AT)

    def test_a_dissenting_opinion_may_stand_beside_a_signature(self) -> None:
        sitting = drawn()
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT, of(BOLAT, "the market is too small"))
        assert sitting.drawn.answers[BOLAT].dissent == of(BOLAT, "the market is too small")

    def test_who_refuses_is_recorded_with_the_reason(self) -> None:
        sitting = drawn()
        sitting.record_not_signed(BOLAT, of(BOLAT, "on sick leave"), SIGNED_AT)
        assert BOLAT not in sitting.drawn.unanswered
        assert sitting.drawn.answers[BOLAT].reason == of(BOLAT, "on sick leave")

    def test_who_was_recorded_may_still_sign(self) -> None:
        sitting = drawn()
        sitting.record_not_signed(BOLAT, of(BOLAT, "on sick leave"), SIGNED_AT)
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        assert sitting.drawn.answers[BOLAT].signed

    def test_who_has_signed_is_not_recorded_as_refusing(self) -> None:
        sitting = drawn()
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        with pytest.raises(SignedAlready):
            sitting.record_not_signed(BOLAT, of(BOLAT, "on sick leave"), SIGNED_AT)

    def test_the_chair_does_not_approve_before_everybody_has_answered(self) -> None:
        sitting = drawn(present=(ASEL, BOLAT, CHINGIZ))
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        with pytest.raises(SignaturesMissing) as refused:
            sitting.approve(ASEL, sitting.drawn.digest, SIGNED_AT)
        assert refused.value.params["members"] == [CHINGIZ]


class TestWhenProtocolIsSigned:
    def test_chair_approves_last(self) -> None:
        sitting = signed()
        sitting.approve(ASEL, sitting.drawn.digest, SIGNED_AT)
        assert sitting.drawn.approved

    def test_nobody_else_approves(self) -> None:
        sitting = signed()
        with pytest.raises(NotPresiding):
            sitting.approve(BOLAT, sitting.drawn.digest, SIGNED_AT)

    def test_another_text_is_not_approved(self) -> None:
        with pytest.raises(ProtocolTextChanged):
            signed().approve(ASEL, "0" * 64, SIGNED_AT)

    def test_without_a_protocol_there_is_nothing_to_approve(self) -> None:
        with pytest.raises(NoProtocol):
            decided().approve(ASEL, "0" * 64, SIGNED_AT)

    def test_one_who_could_not_sign_holds_nothing_up(self) -> None:
        sitting = drawn(present=(ASEL, BOLAT, CHINGIZ))
        sitting.sign(BOLAT, sitting.drawn.digest, SIGNED_AT)
        sitting.record_not_signed(CHINGIZ, of(CHINGIZ, "refuses"), SIGNED_AT)
        sitting.approve(ASEL, sitting.drawn.digest, SIGNED_AT)
        assert sitting.drawn.approved


CORRECTIONS = {
    "roll call": lambda s: s.correct_roll_call(MEMBERS[:4], "Erlan had left", SIGNED_AT),
    "note": lambda s: s.correct_note(BAKERY, about(BAKERY, "heard the applicant"), "left out", SIGNED_AT),
    "vote": lambda s: s.correct_vote(BAKERY, DANA, ABSTAIN, "misheard", SIGNED_AT),
    "reasons": lambda s: s.correct_reasons(BAKERY, about(BAKERY, "sound plan"), "wording", SIGNED_AT),
}


@pytest.mark.parametrize("what", CORRECTIONS)
class TestACorrection:
    def test_before_the_approval_drops_all_signatures_visibly(self, what: str) -> None:
        sitting = signed()
        sitting.collect_events()
        CORRECTIONS[what](sitting)
        assert new_facts(sitting)[0] == "ProtocolReopened"
        with pytest.raises(NoProtocol):
            sitting.sign(BOLAT, "0" * 64, SIGNED_AT)

    def test_makes_another_digest(self, what: str) -> None:
        sitting = signed()
        before = sitting.drawn.digest
        CORRECTIONS[what](sitting)
        sitting.draw_protocol("1/2019", SIGNED_AT)
        assert sitting.drawn.digest != before
        assert not sitting.drawn.answers

    def test_again_changes_nothing(self, what: str) -> None:
        sitting = signed()
        CORRECTIONS[what](sitting)
        sitting.collect_events()
        CORRECTIONS[what](sitting)
        assert not new_facts(sitting)

    def test_before_the_drawing_reopens_nothing(self, what: str) -> None:
        sitting = decided(votes=[FOR] * 5)
        sitting.collect_events()
        CORRECTIONS[what](sitting)
        assert "ProtocolReopened" not in new_facts(sitting)

    def test_after_the_approval_is_refused(self, what: str) -> None:
        with pytest.raises(ProtocolFinal):
            CORRECTIONS[what](approved())


class TestACorrectionOfTheVote:
    def test_that_turns_the_outcome_round_needs_new_reasons(self) -> None:
        # 3 for, 1 against, 1 abstained; with Chingiz and the abstaining Erlan against it would be 2 to 3
        sitting = decided()
        sitting.correct_vote(BAKERY, ERLAN, AGAINST, "misheard", SIGNED_AT)  # 3 to 2: still granted
        with pytest.raises(ReasonsNeeded) as refused:
            sitting.correct_vote(BAKERY, CHINGIZ, AGAINST, "misheard", SIGNED_AT)
        assert refused.value.params["applications"] == [BAKERY]

    def test_counts_the_decision_again(self) -> None:
        sitting = decided()
        sitting.correct_vote(BAKERY, ERLAN, AGAINST, "misheard", SIGNED_AT)
        sitting.correct_vote(BAKERY, CHINGIZ, AGAINST, "misheard", SIGNED_AT, about(BAKERY, "not feasible"))
        item = sitting.item(BAKERY)
        assert item.count is not None
        assert (item.count.outcome, item.count.in_favour, item.count.against) == ("refused", 2, 3)
        assert item.reasons == about(BAKERY, "not feasible")

    def test_leaves_the_instant_of_the_decision(self) -> None:
        sitting = decided()
        sitting.correct_vote(BAKERY, ERLAN, AGAINST, "misheard", SIGNED_AT)
        assert sitting.item(BAKERY).decided_at == DECIDED_AT

    def test_before_the_vote_is_closed_decides_nothing(self) -> None:
        sitting = discussed()
        sitting.vote(BAKERY, ASEL, FOR)
        sitting.correct_vote(BAKERY, ASEL, AGAINST, "misheard", HELD_AT)
        assert sitting.item(BAKERY).votes == {ASEL: AGAINST}
        assert sitting.item(BAKERY).count is None

    def test_is_only_of_who_may_vote(self) -> None:
        with pytest.raises(NotPresent):
            decided(present=MEMBERS[:3], votes=(FOR, FOR, AGAINST)).correct_vote(BAKERY, ERLAN, FOR, "x", SIGNED_AT)

    def test_needs_the_discussion(self) -> None:
        with pytest.raises(NotDiscussed):
            begun().correct_vote(BAKERY, ASEL, FOR, "misheard", HELD_AT)


class TestACorrectionOfTheRollCall:
    def test_drops_the_votes_of_who_was_not_there(self) -> None:
        # votes for: Asel, Bolat, Chingiz; against: Dana; abstained: Erlan. Without Bolat: 2 to 1
        sitting = decided()
        sitting.correct_roll_call((ASEL, CHINGIZ, DANA, ERLAN), "Bolat was ill", SIGNED_AT)
        count = sitting.item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.in_favour, count.against, count.abstained) == ("granted", 2, 1, 1)

    def test_that_turns_an_outcome_round_needs_new_reasons(self) -> None:
        # for: Asel, Bolat; against: Chingiz, Dana; Erlan abstained; Asel breaks the tie. Without Asel it is 1 to 2
        sitting = decided(votes=(FOR, FOR, AGAINST, AGAINST, ABSTAIN))
        there = MEMBERS[1:]
        with pytest.raises(ReasonsNeeded):
            sitting.correct_roll_call(there, "Asel was ill", SIGNED_AT)
        sitting.correct_roll_call(there, "Asel was ill", SIGNED_AT, {BAKERY: about(BAKERY, "not feasible")})
        count = sitting.item(BAKERY).count
        assert count is not None
        assert count.outcome == "refused"

    def test_that_leaves_no_quorum_leaves_no_decision(self) -> None:
        sitting = signed(BAKERY, SAWMILL)
        sitting.collect_events()
        sitting.correct_roll_call((ASEL, BOLAT), "three had left", SIGNED_AT)
        assert new_facts(sitting) == ["ProtocolReopened", "RollCallCorrected"]
        assert [i.off for i in sitting.items.values()] == ["no-quorum", "no-quorum"]

    def test_who_was_there_after_all_can_have_their_vote_recorded(self) -> None:
        sitting = decided(present=MEMBERS[:3], votes=(FOR, FOR, AGAINST))
        sitting.correct_roll_call(MEMBERS[:4], "Dana came in time", SIGNED_AT)
        sitting.correct_vote(BAKERY, DANA, AGAINST, "Dana voted", SIGNED_AT)
        count = sitting.item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.chair_broke_tie) == ("granted", True)  # 2 to 2, Asel is for

    def test_who_was_there_after_all_and_has_no_vote_abstained(self) -> None:
        # Asel and Bolat for, Chingiz against; Dana was there and is recorded with no vote: 2 to 1, one abstained
        sitting = decided(present=MEMBERS[:3], votes=(FOR, FOR, AGAINST))
        sitting.correct_roll_call(MEMBERS[:4], "Dana came in time", SIGNED_AT)
        item = sitting.item(BAKERY)
        assert item.count is not None
        assert (item.count.in_favour, item.count.against, item.count.abstained) == (2, 1, 1)
        assert item.votes[DANA] == ABSTAIN

    def test_who_was_there_after_all_has_no_vote_yet_where_nobody_abstains(self) -> None:
        sitting = decided(present=MEMBERS[:3], votes=(FOR, FOR, AGAINST), said=terms(abstention=False))
        sitting.correct_roll_call(MEMBERS[:4], "Dana came in time", SIGNED_AT)
        assert DANA not in sitting.item(BAKERY).votes

    def test_keeps_the_members_of_that_day(self) -> None:
        sitting = decided()
        sitting.correct_roll_call(MEMBERS[:4], "Erlan had left", SIGNED_AT)
        assert sitting.called.composition.members == MEMBERS
        assert sitting.called.at == STARTS_AT


class TestACorrectionOfTheReasons:
    def test_of_an_item_not_decided_yet_is_refused(self) -> None:
        with pytest.raises(ItemsUndecided):
            discussed().correct_reasons(BAKERY, about(BAKERY, "sound plan"), "wording", SIGNED_AT)

    def test_keeps_the_count(self) -> None:
        sitting = decided()
        before = sitting.item(BAKERY).count
        sitting.correct_reasons(BAKERY, about(BAKERY, "sound plan"), "wording", SIGNED_AT)
        assert sitting.item(BAKERY).count == before


class TestReplay:
    def test_gives_the_same_sitting_from_its_facts(self) -> None:
        source = signed(BAKERY, SAWMILL)
        sitting = replay(Sitting, cast("list[DomainEvent]", source.collect_events()))
        assert sitting is not None
        assert sitting.drawn == source.drawn
        assert sitting.items == source.items


class TestTheFirstForm:
    """What was signed once has to come out the same for ever, to the byte."""

    MEMBER = "00000000-0000-0000-0000-00000000000"
    TEXT = (
        '{"body":"00000000-0000-0000-0000-00000000003c","decided":[{"application":"00000000-0000-0000-0000-000000000047",'
        '"count":{"abstained":0,"against":0,"chair_broke_tie":false,"in_favour":3,"outcome":"granted"},'
        '"decided_at":"2019-12-10T04:40:00Z","discussed_at":"2019-12-10T04:20:00Z","note":"heard",'
        f'"presided_by":"{MEMBER}1","reasons":"feasible plan","recused":{{}},'
        f'"votes":{{"{MEMBER}1":"for","{MEMBER}2":"for","{MEMBER}3":"for"}}}}],'
        f'"members":["{MEMBER}1","{MEMBER}2","{MEMBER}3","{MEMBER}4","{MEMBER}5"],"number":"1/2019",'
        f'"place":"Karaganda, room 3","present":["{MEMBER}1","{MEMBER}2","{MEMBER}3"],"presided_by":"{MEMBER}1",'
        f'"roll_called_at":"2019-12-10T04:00:00Z","secretary":"{MEMBER}6",'
        '"sitting":"00000000-0000-0000-0000-000000000032","starts_at":"2019-12-10T04:00:00Z","taken_off":[]}'
    )

    def test_has_this_text(self) -> None:
        assert text(drawn(present=(ASEL, BOLAT, CHINGIZ)), "1/2019", 1) == self.TEXT

    def test_has_this_digest(self) -> None:
        # sha256sum of the text above
        digest = "094a3bcebd99210d2cc1025150e1e32f3c66388e13610984572e59ef9af9816c"
        assert hashlib.sha256(self.TEXT.encode()).hexdigest() == digest
        said = text(drawn(present=(ASEL, BOLAT, CHINGIZ)), "1/2019", 1)
        assert hashlib.sha256(said.encode()).hexdigest() == digest

    def test_of_a_drawing_that_names_no_form_is_meant(self) -> None:
        # so were drawings written before there was a second form
        assert Signing.ProtocolDrawn.model_fields["form"].default == 1


class TestTheSecondForm:
    def test_is_the_first_with_the_conclusion_that_lay_before_the_body(self) -> None:
        sitting = drawn()
        first, second = (json.loads(text(sitting, "1/2019", form)) for form in (1, 2))
        assert second == {**first, "decided": [{**said, "conclusion": None} for said in first["decided"]]}

    def test_is_named_by_the_drawing(self) -> None:
        assert drawn().drawn.form == NEWEST == 2
