"""A council's protocol: signed by the members and its secretary, approved by nobody, where the data say so."""

import pytest

from services.commission.sitting.domain import Sitting
from services.commission.sitting.refusals import ConclusionChanged, NotPresiding, ProtocolFinal
from services.commission.sitting.state import Entry, Terms
from tests.commission.sittings import (
    ASEL,
    BAKERY,
    BOLAT,
    CHINGIZ,
    DECIDED_AT,
    DRAWN_AT,
    FARIDA,
    FOR,
    HELD_AT,
    MEMBERS,
    OWNER_OF,
    SIGNED_AT,
    about,
    begun,
    convened,
    drawn,
    of,
    terms,
)

COUNCIL = terms().model_copy(update={"approved": False, "secretary_signs": True})


class TestWhereNobodyApproves:
    def test_the_chair_signs_with_the_others_and_so_does_the_secretary(self) -> None:
        assert drawn(said=COUNCIL).drawn.signers == (*MEMBERS, FARIDA)

    def test_there_is_no_approver(self) -> None:
        sitting = drawn(said=COUNCIL)
        assert sitting.drawn.approver is None
        with pytest.raises(NotPresiding):
            sitting.approve(ASEL, sitting.drawn.digest, SIGNED_AT)

    def test_the_last_answer_makes_it_final(self) -> None:
        sitting = drawn(said=COUNCIL, present=(ASEL, BOLAT, CHINGIZ))
        for member in (ASEL, BOLAT, CHINGIZ):
            sitting.sign(member, sitting.drawn.digest, SIGNED_AT)
        assert not sitting.drawn.final
        sitting.record_not_signed(FARIDA, of(FARIDA, "ill"), SIGNED_AT)
        assert sitting.drawn.final
        with pytest.raises(ProtocolFinal):
            sitting.correct_reasons(BAKERY, about(BAKERY, "other"), "a slip", SIGNED_AT)

    def test_until_then_it_can_be_corrected(self) -> None:
        sitting = drawn(said=COUNCIL)
        sitting.sign(ASEL, sitting.drawn.digest, SIGNED_AT)
        sitting.correct_reasons(BAKERY, about(BAKERY, "other"), "a slip", SIGNED_AT)
        assert sitting.protocol is None


class TestWhereTheSecretaryIsAMemberToo:
    def test_signs_once(self) -> None:
        sitting = drawn(said=COUNCIL)
        assert len(sitting.drawn.signers) == len(set(sitting.drawn.signers))


class TestASittingConvenedBeforeThereWereCouncils:
    def test_has_a_protocol_that_is_approved(self) -> None:
        said = terms().model_dump(mode="json", exclude={"approved", "secretary_signs"})
        assert Terms.model_validate(said) == terms()


class TestWhenAnExpertiseHasConcluded:
    def test_the_agenda_remembers_what_lay_there(self) -> None:
        sitting = convened()
        sitting.add(Entry(application=BAKERY, person=OWNER_OF[BAKERY], conclusion="c" * 64), terms(), DRAWN_AT)
        assert sitting.item(BAKERY).conclusion is None  # it stood on the agenda already

    def test_the_decision_and_the_protocol_name_the_version_that_was_seen(self) -> None:
        sitting = self.voted_on("c" * 64)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible plan"), DECIDED_AT, newest="c" * 64)
        sitting.correct_reasons(BAKERY, about(BAKERY, "other"), "a slip", DECIDED_AT)
        assert sitting.item(BAKERY).conclusion == "c" * 64

    def test_a_vote_isnt_closed_on_a_version_that_came_after_the_discussion(self) -> None:
        sitting = self.voted_on("c" * 64)
        with pytest.raises(ConclusionChanged) as refused:
            sitting.close_vote(BAKERY, about(BAKERY, "feasible plan"), DECIDED_AT, newest="d" * 64)
        assert refused.value.params == {"expected": "c" * 64, "newest": "d" * 64}

    def test_naming_the_newest_doesnt_make_it_the_one_voted_on(self) -> None:
        with pytest.raises(ConclusionChanged):
            self.voted_on("c" * 64).close_vote(
                BAKERY, about(BAKERY, "feasible plan"), DECIDED_AT, newest="d" * 64, conclusion="d" * 64
            )

    def test_it_is_closed_by_naming_the_version_that_was_voted_on(self) -> None:
        sitting = self.voted_on("c" * 64)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible plan"), DECIDED_AT, newest="d" * 64, conclusion="c" * 64)
        assert sitting.item(BAKERY).conclusion == "c" * 64

    def voted_on(self, conclusion: str) -> Sitting:
        sitting = begun(BAKERY)
        sitting.discuss(BAKERY, about(BAKERY, "heard"), HELD_AT, conclusion)
        for member in MEMBERS:
            sitting.vote(BAKERY, member, FOR)
        return sitting
