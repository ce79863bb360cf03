"""A council's protocol: signed by the members and its secretary, approved by nobody, where the data say so."""

import pytest

from services.commission.sitting.refusals import NotPresiding, ProtocolFinal
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
    MEMBERS,
    OWNER_OF,
    SIGNED_AT,
    about,
    convened,
    discussed,
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
        sitting = discussed()
        for member in MEMBERS:
            sitting.vote(BAKERY, member, FOR)
        sitting.close_vote(BAKERY, about(BAKERY, "feasible plan"), DECIDED_AT, conclusion="c" * 64)
        sitting.correct_reasons(BAKERY, about(BAKERY, "other"), "a slip", DECIDED_AT)
        assert sitting.item(BAKERY).conclusion == "c" * 64
