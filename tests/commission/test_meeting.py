"""The sitting itself: roll call, recusal, discussion, vote."""

from datetime import timedelta

import pytest

from services.commission.body.domain import Composition
from services.commission.sitting.refusals import (
    AbstentionNotAllowed,
    BeforeRollCall,
    BodyWithoutChair,
    ItemDecided,
    NobodyMayVote,
    NoQuorum,
    NoRollCall,
    NotDiscussed,
    NotMember,
    NotOnAgenda,
    NotPresent,
    RecusedFromItem,
    RollCallHeld,
    SittingNotBegun,
    SittingOver,
    VotedAlready,
    VotesMissing,
)
from tests.commission.sittings import (
    ABSTAIN,
    AGAINST,
    ASEL,
    BAKERY,
    BOLAT,
    CHINGIZ,
    DANA,
    DECIDED_AT,
    ERLAN,
    FARIDA,
    FOR,
    HELD_AT,
    MEMBERS,
    SAWMILL,
    STARTS_AT,
    WHOLE,
    about,
    begun,
    convened,
    decided,
    discussed,
    new_facts,
    of,
    terms,
)


class TestTheRollCall:
    def test_three_of_five_are_a_quorum(self) -> None:
        assert begun(present=(ASEL, BOLAT, CHINGIZ)).called.quorum  # 3 > 2.5

    def test_two_of_five_are_none_and_every_item_goes_off_the_agenda(self) -> None:
        sitting = begun(BAKERY, SAWMILL, present=(ASEL, BOLAT))
        assert not sitting.called.quorum
        assert [i.off for i in sitting.items.values()] == ["no-quorum", "no-quorum"]

    def test_without_a_quorum_nothing_can_be_decided(self) -> None:
        with pytest.raises(SittingOver):
            begun(present=(ASEL,)).discuss(BAKERY, about(BAKERY, "heard"), HELD_AT)

    def test_members_are_those_of_that_day_not_those_convened(self) -> None:
        sitting = convened()
        sitting.call_roll((ASEL, BOLAT), Composition(members=(ASEL, BOLAT, FARIDA), chair=ASEL), STARTS_AT)
        assert sitting.called.quorum  # 2 of 3, though five had been convened

    def test_it_is_not_called_before_the_sitting_begins(self) -> None:
        with pytest.raises(SittingNotBegun) as refused:
            convened().call_roll(MEMBERS, WHOLE, STARTS_AT - timedelta(minutes=1))
        assert refused.value.params["starts_at"] == STARTS_AT

    def test_who_is_not_a_member_cannot_be_present(self) -> None:
        with pytest.raises(NotMember):
            convened().call_roll((ASEL, FARIDA), WHOLE, STARTS_AT)

    def test_a_body_that_lost_its_chair_cannot_sit(self) -> None:
        with pytest.raises(BodyWithoutChair):
            convened().call_roll((ASEL,), Composition(members=(ASEL,)), STARTS_AT)

    def test_the_same_roll_call_again_changes_nothing_whatever_its_order(self) -> None:
        sitting = begun(present=(ASEL, BOLAT, CHINGIZ))
        sitting.collect_events()
        sitting.call_roll((CHINGIZ, ASEL, BOLAT), WHOLE, STARTS_AT)
        assert not new_facts(sitting)

    def test_another_one_is_refused(self) -> None:
        with pytest.raises(RollCallHeld):
            begun().call_roll((ASEL, BOLAT, CHINGIZ), WHOLE, STARTS_AT)


class TestRecusal:
    def test_who_is_recused_does_not_vote_on_that_item(self) -> None:
        sitting = discussed(BAKERY)
        sitting.recuse(BAKERY, DANA, of(DANA, "the applicant is her brother"))
        with pytest.raises(RecusedFromItem):
            sitting.vote(BAKERY, DANA, FOR)

    def test_they_vote_on_the_others(self) -> None:
        sitting = discussed(BAKERY, SAWMILL)
        sitting.recuse(BAKERY, DANA, of(DANA, "the applicant is her brother"))
        sitting.vote(SAWMILL, DANA, FOR)
        assert sitting.item(SAWMILL).votes == {DANA: FOR}

    def test_it_can_be_announced_before_the_sitting(self) -> None:
        sitting = convened()
        sitting.recuse(BAKERY, DANA, of(DANA, "the applicant is her brother"))
        assert DANA in sitting.item(BAKERY).recused

    def test_it_comes_before_the_vote_of_that_member(self) -> None:
        sitting = discussed()
        sitting.vote(BAKERY, DANA, FOR)
        with pytest.raises(VotedAlready):
            sitting.recuse(BAKERY, DANA, of(DANA, "the applicant is her brother"))

    def test_it_comes_before_the_decision(self) -> None:
        with pytest.raises(ItemDecided):
            decided().recuse(BAKERY, DANA, of(DANA, "the applicant is her brother"))

    def test_again_changes_nothing(self) -> None:
        sitting = convened()
        sitting.recuse(BAKERY, DANA, of(DANA, "kinship"))
        sitting.collect_events()
        sitting.recuse(BAKERY, DANA, of(DANA, "kinship"))
        assert not new_facts(sitting)

    def test_only_members_can_be_recused(self) -> None:
        with pytest.raises(NotMember):
            convened().recuse(BAKERY, FARIDA, of(FARIDA, "kinship"))

    def test_who_is_recused_counts_for_the_quorum(self) -> None:
        # 3 of 5 present, one of them recused: still 3 > 2.5
        sitting = begun(present=(ASEL, BOLAT, CHINGIZ))
        sitting.recuse(BAKERY, CHINGIZ, of(CHINGIZ, "kinship"))
        sitting.discuss(BAKERY, about(BAKERY, "heard"), HELD_AT)
        assert sitting.item(BAKERY).note

    def test_where_the_rules_do_not_count_them_the_item_has_no_quorum(self) -> None:
        # 3 present without the recused one are 2, and 2 isn't more than 2.5
        sitting = begun(present=(ASEL, BOLAT, CHINGIZ), said=terms(recused_count_for_quorum=False))
        sitting.recuse(BAKERY, CHINGIZ, of(CHINGIZ, "kinship"))
        with pytest.raises(NoQuorum):
            sitting.discuss(BAKERY, about(BAKERY, "heard"), HELD_AT)


class TestTheDiscussion:
    def test_needs_the_roll_call(self) -> None:
        with pytest.raises(NoRollCall):
            convened().discuss(BAKERY, about(BAKERY, "heard"), HELD_AT)

    def test_is_not_before_the_roll_call(self) -> None:
        with pytest.raises(BeforeRollCall):
            begun().discuss(BAKERY, about(BAKERY, "heard"), STARTS_AT - timedelta(minutes=1))

    def test_is_noted_once(self) -> None:
        sitting = discussed()
        sitting.collect_events()
        sitting.discuss(BAKERY, about(BAKERY, "heard again"), HELD_AT)
        assert not new_facts(sitting)

    def test_is_of_items_on_the_agenda(self) -> None:
        with pytest.raises(NotOnAgenda):
            begun(BAKERY).discuss(SAWMILL, about(SAWMILL, "heard"), HELD_AT)


class TestTheVote:
    def test_follows_the_discussion(self) -> None:
        with pytest.raises(NotDiscussed):
            begun().vote(BAKERY, ASEL, FOR)

    def test_is_of_those_present(self) -> None:
        with pytest.raises(NotPresent):
            discussed(present=(ASEL, BOLAT, CHINGIZ)).vote(BAKERY, ERLAN, FOR)

    def test_is_of_members(self) -> None:
        with pytest.raises(NotMember):
            discussed().vote(BAKERY, FARIDA, FOR)

    def test_the_same_vote_again_changes_nothing(self) -> None:
        sitting = discussed()
        sitting.vote(BAKERY, ASEL, FOR)
        sitting.collect_events()
        sitting.vote(BAKERY, ASEL, FOR)
        assert not new_facts(sitting)

    def test_another_vote_is_refused_and_the_first_told(self) -> None:
        sitting = discussed()
        sitting.vote(BAKERY, ASEL, FOR)
        with pytest.raises(VotedAlready) as refused:
            sitting.vote(BAKERY, ASEL, AGAINST)
        assert refused.value.params["choice"] == "for"

    def test_abstaining_is_refused_where_the_rules_do_not_know_it(self) -> None:
        with pytest.raises(AbstentionNotAllowed):
            discussed(said=terms(abstention=False)).vote(BAKERY, ASEL, ABSTAIN)

    def test_nobody_votes_once_it_is_closed(self) -> None:
        with pytest.raises(ItemDecided):
            decided().vote(BAKERY, ASEL, FOR)


class TestClosingTheVote:
    def test_counts_three_for_one_against_one_abstained_as_granted(self) -> None:
        count = decided().item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.in_favour, count.against, count.abstained) == ("granted", 3, 1, 1)

    def test_two_for_three_against_is_refused(self) -> None:
        count = decided(votes=(FOR, FOR, AGAINST, AGAINST, AGAINST)).item(BAKERY).count
        assert count is not None
        assert count.outcome == "refused"

    def test_needs_the_discussion(self) -> None:
        with pytest.raises(NotDiscussed):
            begun().close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)

    def test_waits_for_every_vote(self) -> None:
        sitting = discussed(present=(ASEL, BOLAT, CHINGIZ))
        sitting.vote(BAKERY, ASEL, FOR)
        with pytest.raises(VotesMissing) as refused:
            sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)
        assert refused.value.params["members"] == [BOLAT, CHINGIZ]

    def test_who_stays_silent_is_named_and_counted_as_abstaining(self) -> None:
        sitting = discussed(present=(ASEL, BOLAT, CHINGIZ))
        sitting.vote(BAKERY, ASEL, FOR)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT, silent=(BOLAT, CHINGIZ))
        count = sitting.item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.in_favour, count.abstained) == ("granted", 1, 2)

    def test_nobody_stays_silent_where_abstaining_is_not_known(self) -> None:
        sitting = discussed(present=(ASEL, BOLAT, CHINGIZ), said=terms(abstention=False))
        with pytest.raises(AbstentionNotAllowed):
            sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT, silent=(ASEL, BOLAT, CHINGIZ))

    def test_with_everybody_recused_there_is_no_decision(self) -> None:
        sitting = discussed(present=(ASEL, BOLAT, CHINGIZ))
        for member in (ASEL, BOLAT, CHINGIZ):
            sitting.recuse(BAKERY, member, of(member, "kinship"))
        with pytest.raises(NobodyMayVote):
            sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)

    def test_again_is_refused(self) -> None:
        with pytest.raises(ItemDecided):
            decided().close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)


class TestATie:
    def test_is_broken_by_the_chair(self) -> None:
        # the chair for, two against one: 2 to 2
        count = decided(votes=(FOR, AGAINST, FOR, AGAINST), present=MEMBERS[:4]).item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.chair_broke_tie) == ("granted", True)

    def test_is_broken_by_the_deputy_when_the_chair_is_absent(self) -> None:
        # Bolat, the deputy, is against; 2 to 2
        count = decided(votes=(AGAINST, FOR, FOR, AGAINST), present=MEMBERS[1:]).item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.chair_broke_tie) == ("refused", True)

    def test_is_broken_by_the_deputy_when_the_chair_is_recused_from_the_item(self) -> None:
        sitting = discussed()
        sitting.recuse(BAKERY, ASEL, of(ASEL, "kinship"))
        for member, choice in zip(MEMBERS[1:], (FOR, AGAINST, FOR, AGAINST), strict=True):
            sitting.vote(BAKERY, member, choice)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible"), DECIDED_AT)
        count = sitting.item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.chair_broke_tie) == ("granted", True)

    def test_refuses_when_neither_chair_nor_deputy_takes_part(self) -> None:
        sitting = discussed(present=(ASEL, CHINGIZ, DANA))
        sitting.recuse(BAKERY, ASEL, of(ASEL, "kinship"))
        sitting.vote(BAKERY, CHINGIZ, FOR)
        sitting.vote(BAKERY, DANA, AGAINST)
        sitting.close_vote(BAKERY, about(BAKERY, "not feasible"), DECIDED_AT)
        count = sitting.item(BAKERY).count
        assert count is not None
        assert (count.outcome, count.chair_broke_tie) == ("refused", False)
