"""A sitting before it begins."""

from datetime import timedelta

import pytest

from services.commission.body.domain import Composition
from services.commission.sitting.agenda import common, must_be_ahead
from services.commission.sitting.refusals import (
    BodyWithoutChair,
    ItemDecided,
    NotMember,
    NotOnAgenda,
    RollCallHeld,
    RulesDiffer,
    SittingNotAhead,
    SittingOver,
)
from services.commission.sitting.state import Entry
from tests.commission.sittings import (
    ASEL,
    BAKERY,
    BOLAT,
    CHINGIZ,
    CONVENED_AT,
    FARIDA,
    SAWMILL,
    STARTS_AT,
    WHOLE,
    begun,
    convened,
    decided,
    entry,
    new_facts,
    terms,
)

LATER = STARTS_AT + timedelta(days=3)
SMALLER = Composition(members=(ASEL, BOLAT, CHINGIZ), chair=ASEL, deputy=BOLAT)


class TestBeforeConvening:
    def test_a_sitting_is_told_before_it_begins(self) -> None:
        with pytest.raises(SittingNotAhead):
            must_be_ahead(CONVENED_AT, WHOLE, CONVENED_AT)

    def test_a_body_without_a_chair_is_not_convened(self) -> None:
        with pytest.raises(BodyWithoutChair):
            must_be_ahead(STARTS_AT, Composition(members=(BOLAT,)), CONVENED_AT)

    def test_applications_under_different_rules_need_sittings_of_their_own(self) -> None:
        with pytest.raises(RulesDiffer):
            common([terms(), terms(signers="all")])

    def test_applications_under_the_same_rules_share_one(self) -> None:
        assert common([terms(), terms()]) == terms()


class TestWhenConvened:
    def test_it_takes_many_applications(self) -> None:
        assert [i.application for i in convened(BAKERY, SAWMILL).live] == [BAKERY, SAWMILL]

    def test_every_member_is_convened_and_the_secretary_is_not_one(self) -> None:
        assert FARIDA not in convened().composition.members

    def test_another_application_can_be_added(self) -> None:
        sitting = convened(BAKERY)
        sitting.add(entry(SAWMILL), terms(), CONVENED_AT)
        assert [i.application for i in sitting.live] == [BAKERY, SAWMILL]

    def test_one_under_other_rules_cannot(self) -> None:
        with pytest.raises(RulesDiffer):
            convened(BAKERY).add(entry(SAWMILL), terms(tie="against"), CONVENED_AT)

    def test_adding_it_again_changes_nothing(self) -> None:
        sitting = convened(BAKERY)
        sitting.collect_events()
        sitting.add(entry(BAKERY), terms(), CONVENED_AT)
        assert not new_facts(sitting)

    def test_an_item_taken_off_is_on_it_no_more(self) -> None:
        sitting = convened(BAKERY, SAWMILL)
        sitting.take_off(BAKERY, "taken-off", CONVENED_AT)
        assert [i.application for i in sitting.live] == [SAWMILL]
        with pytest.raises(NotOnAgenda):
            sitting.item(BAKERY)

    def test_taking_it_off_again_changes_nothing(self) -> None:
        sitting = convened(BAKERY)
        sitting.take_off(BAKERY, "taken-off", CONVENED_AT)
        sitting.collect_events()
        sitting.take_off(BAKERY, "taken-off", CONVENED_AT)
        assert not new_facts(sitting)

    def test_what_was_taken_off_can_come_back(self) -> None:
        sitting = convened(BAKERY)
        sitting.take_off(BAKERY, "taken-off", CONVENED_AT)
        sitting.add(entry(BAKERY), terms(), CONVENED_AT)
        assert [i.application for i in sitting.live] == [BAKERY]

    def test_what_is_not_on_it_cannot_be_taken_off(self) -> None:
        with pytest.raises(NotOnAgenda):
            convened(BAKERY).take_off(SAWMILL, "taken-off", CONVENED_AT)


class TestWhenPostponed:
    def test_to_a_date_the_agenda_stays_and_the_body_is_that_of_the_new_day(self) -> None:
        sitting = convened(BAKERY)
        sitting.postpone(LATER, SMALLER, "no heating", CONVENED_AT)
        assert (sitting.starts_at, sitting.composition) == (LATER, SMALLER)
        assert [i.application for i in sitting.live] == [BAKERY]

    def test_to_a_date_everybody_is_convened_anew(self) -> None:
        sitting = convened(BAKERY)
        sitting.open(ASEL)
        sitting.postpone(LATER, WHOLE, "no heating", CONVENED_AT)
        assert not sitting.shown | sitting.opened

    def test_to_the_date_that_it_has_nothing_changes(self) -> None:
        sitting = convened(BAKERY)
        sitting.collect_events()
        sitting.postpone(STARTS_AT, WHOLE, "no heating", CONVENED_AT)
        assert not new_facts(sitting)

    def test_without_a_date_nothing_is_left_on_the_agenda(self) -> None:
        sitting = convened(BAKERY, SAWMILL)
        sitting.postpone(None, WHOLE, "no heating", CONVENED_AT)
        assert [i.off for i in sitting.items.values()] == ["postponed", "postponed"]

    def test_without_a_date_it_is_over(self) -> None:
        sitting = convened(BAKERY)
        sitting.postpone(None, WHOLE, "no heating", CONVENED_AT)
        with pytest.raises(SittingOver):
            sitting.call_roll((ASEL,), WHOLE, STARTS_AT)

    def test_to_a_date_that_has_passed_it_is_refused(self) -> None:
        with pytest.raises(SittingNotAhead):
            convened().postpone(CONVENED_AT, WHOLE, "no heating", CONVENED_AT)


class TestWhenCancelled:
    def test_nothing_is_left_on_the_agenda(self) -> None:
        sitting = convened(BAKERY)
        sitting.cancel("quarantine", CONVENED_AT)
        assert sitting.items[BAKERY].off == "cancelled"

    def test_cancelling_again_changes_nothing(self) -> None:
        sitting = convened(BAKERY)
        sitting.cancel("quarantine", CONVENED_AT)
        sitting.collect_events()
        sitting.cancel("quarantine", CONVENED_AT)
        assert not new_facts(sitting)

    def test_nothing_can_be_added(self) -> None:
        sitting = convened(BAKERY)
        sitting.cancel("quarantine", CONVENED_AT)
        with pytest.raises(SittingOver):
            sitting.add(entry(SAWMILL), terms(), CONVENED_AT)


class TestConvocations:
    def test_shown_is_evidence_once(self) -> None:
        sitting = convened()
        sitting.collect_events()
        sitting.show(ASEL)
        sitting.show(ASEL)
        assert new_facts(sitting) == ["ConvocationShown"]

    def test_what_is_opened_was_delivered(self) -> None:
        sitting = convened()
        sitting.collect_events()
        sitting.open(ASEL)
        assert new_facts(sitting) == ["ConvocationShown", "ConvocationOpened"]

    def test_who_was_not_convened_has_none(self) -> None:
        with pytest.raises(NotMember):
            convened().show(FARIDA)

    def test_a_member_who_never_looked_holds_nothing_open(self) -> None:
        sitting = convened()
        sitting.call_roll((ASEL, BOLAT, CHINGIZ), WHOLE, STARTS_AT)
        assert sitting.called.quorum

    def test_a_member_who_joins_later_is_convened_at_once(self) -> None:
        sitting = convened()
        sitting.welcome(FARIDA)
        sitting.show(FARIDA)
        assert FARIDA in sitting.shown

    def test_joining_twice_changes_nothing(self) -> None:
        sitting = convened()
        sitting.collect_events()
        sitting.welcome(ASEL)
        assert not new_facts(sitting)


class TestWhenTheSittingHasBegun:
    def test_it_cannot_be_postponed(self) -> None:
        with pytest.raises(RollCallHeld):
            begun().postpone(LATER, WHOLE, "no heating", STARTS_AT)

    def test_it_cannot_be_cancelled(self) -> None:
        with pytest.raises(RollCallHeld):
            begun().cancel("quarantine", STARTS_AT)

    def test_nothing_can_be_added(self) -> None:
        with pytest.raises(RollCallHeld):
            begun(BAKERY).add(Entry(application=SAWMILL, person=FARIDA), terms(), STARTS_AT)

    def test_an_undecided_item_can_still_go_to_another_sitting(self) -> None:
        sitting = begun(BAKERY)
        sitting.take_off(BAKERY, "moved", STARTS_AT, moved_to=FARIDA)
        assert not sitting.live

    def test_a_decided_one_cannot(self) -> None:
        with pytest.raises(ItemDecided):
            decided(BAKERY).take_off(BAKERY, "taken-off", STARTS_AT)
