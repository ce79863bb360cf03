"""The contract: three parties, one text, any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commission.contract.domain import Contract, Terms
from services.commission.contract.refusals import (
    ContractInForce,
    ContractOver,
    ContractTextChanged,
    NotOnPaper,
    NotParty,
    SignsForAnother,
    TermNotOver,
)
from shared.contracts.canonical import digest_of
from shared.contracts.personal import Personal

HEAD, AGENCY, APPLICANT, CLERK = (UUID(int=n) for n in range(1, 5))
NOW = datetime(2019, 12, 20, 10, tzinfo=UTC)
DUE = datetime(2020, 1, 9, 12, 30, tzinfo=UTC)
UNSIGNED = Personal(person=APPLICANT, text="unsigned")
SIGNERS = {"provider": HEAD, "financial-agency": AGENCY, "applicant": APPLICANT}


def drawn(channel: str = "portal", parties: tuple[str, ...] = tuple(SIGNERS)) -> Contract:
    terms = Terms(
        application=UUID(int=7),
        number="KRG/2019/1",
        parties=parties,
        amount="3000000.00",
        protocol_number="1/2019",
        protocol_digest="a" * 64,
        edition="b" * 64,
    )
    return Contract(terms, terms.text, digest_of(terms.text), channel, APPLICANT, NOW)  # type: ignore[arg-type]


def sign(contract: Contract, party: str) -> None:
    contract.sign(party, SIGNERS[party], contract.digest, NOW)


def new_facts(contract: Contract) -> list[str]:
    return [type(e).__name__ for e in contract.collect_events()]


class TestWhenAContractIsDrawn:
    def test_its_text_stays_as_it_was_drawn_whatever_terms_are_put_into_words_later(self) -> None:
        terms = drawn().terms
        contract = Contract(
            terms, "as it was worded then", digest_of("as it was worded then"), "portal", APPLICANT, NOW
        )
        assert contract.text == "as it was worded then"

    def test_its_digest_is_that_of_its_canonical_text(self) -> None:
        # keys sorted, no blanks; a reader recomputes SHA-256 over exactly this
        assert drawn().terms.text.startswith('{"amount":"3000000.00","application":"00000000-')

    def test_another_amount_is_another_digest(self) -> None:
        terms = drawn().terms
        assert digest_of(terms.model_copy(update={"amount": "3000001.00"}).text) != digest_of(terms.text)

    def test_a_signature_over_another_text_is_refused_with_the_digest_expected(self) -> None:
        contract = drawn()
        with pytest.raises(ContractTextChanged) as refused:
            contract.sign("provider", HEAD, "0" * 64, NOW)
        assert refused.value.params["expected"] == contract.digest

    def test_nobody_but_the_applicant_signs_for_the_applicant(self) -> None:
        contract = drawn()
        with pytest.raises(SignsForAnother):
            contract.sign("applicant", HEAD, contract.digest, NOW)

    def test_a_party_that_the_procedure_does_not_name_is_refused(self) -> None:
        contract = drawn(parties=("provider", "applicant"))
        with pytest.raises(NotParty):
            sign(contract, "financial-agency")

    def test_the_national_institute_signs_where_it_is_a_party(self) -> None:
        contract = drawn(parties=("provider", "national-institute", "applicant"))
        contract.sign("national-institute", AGENCY, contract.digest, NOW)
        assert set(contract.signatures) == {"national-institute"}

    def test_a_scan_is_not_taken_from_who_filed_through_the_portal(self) -> None:
        contract = drawn("portal")
        with pytest.raises(NotOnPaper):
            contract.record_paper_signature(CLERK, "c" * 64, contract.digest, NOW)

    def test_the_chancellery_records_a_paper_applicants_signature_with_the_scan(self) -> None:
        contract = drawn("paper")
        contract.record_paper_signature(CLERK, "c" * 64, contract.digest, NOW)
        assert contract.signatures["applicant"].scan == "c" * 64


class TestWhenOneHasSigned:
    def test_the_same_party_again_changes_nothing(self) -> None:
        contract = drawn()
        sign(contract, "provider")
        contract.collect_events()
        sign(contract, "provider")
        assert not contract.collect_events()

    def test_the_same_person_does_not_sign_for_a_second_party(self) -> None:
        contract = drawn()
        sign(contract, "provider")
        with pytest.raises(SignsForAnother):
            contract.sign("financial-agency", HEAD, contract.digest, NOW)


class TestWhenTheHeadAlsoServesAtTheCounter:
    @pytest.mark.parametrize("paper_first", [True, False])
    def test_recording_the_paper_signature_is_no_signing_for_another(self, paper_first: bool) -> None:
        contract = drawn("paper")
        if paper_first:
            contract.record_paper_signature(HEAD, "c" * 64, contract.digest, NOW)
        sign(contract, "provider")
        contract.record_paper_signature(HEAD, "c" * 64, contract.digest, NOW)
        assert set(contract.signatures) == {"provider", "applicant"}


class TestWhenTwoOfThreeHaveSigned:
    @pytest.mark.parametrize("order", tuple(permutations(SIGNERS)))
    def test_third_signature_brings_the_contract_into_force(self, order: tuple[str, ...]) -> None:
        contract = drawn()
        sign(contract, order[0])
        sign(contract, order[1])
        assert not contract.in_force
        sign(contract, order[2])
        assert contract.in_force
        assert new_facts(contract) == ["Drawn", "Signed", "Signed", "Signed", "CameIntoForce"]

    def test_the_applicant_may_still_decline(self) -> None:
        contract = drawn()
        sign(contract, "provider")
        sign(contract, "financial-agency")
        contract.decline(APPLICANT, Personal(person=APPLICANT, text="found another investor"), NOW)
        assert contract.over == "declined"
        with pytest.raises(ContractOver):
            sign(contract, "applicant")

    def test_the_chancellery_records_that_a_paper_applicant_declined(self) -> None:
        contract = drawn("paper")
        contract.record_decline(Personal(person=APPLICANT, text="found another investor"), NOW)
        assert contract.over == "declined"

    def test_who_filed_through_the_portal_does_not_decline_at_the_counter(self) -> None:
        with pytest.raises(NotOnPaper):
            drawn("portal").record_decline(None, NOW)

    def test_nobody_declines_for_the_applicant(self) -> None:
        with pytest.raises(SignsForAnother):
            drawn().decline(HEAD, None, NOW)

    def test_declining_again_changes_nothing(self) -> None:
        contract = drawn()
        contract.decline(APPLICANT, None, NOW)
        contract.collect_events()
        contract.decline(APPLICANT, None, NOW)
        assert not contract.collect_events()


class TestWhenInForce:
    @pytest.fixture
    def contract(self) -> Contract:
        contract = drawn()
        for party in SIGNERS:
            sign(contract, party)
        contract.collect_events()
        return contract

    def test_it_cannot_be_declined(self, contract: Contract) -> None:
        with pytest.raises(ContractInForce):
            contract.decline(APPLICANT, None, NOW)

    def test_it_cannot_be_closed(self, contract: Contract) -> None:
        with pytest.raises(ContractInForce):
            contract.close(UNSIGNED, DUE, DUE + timedelta(seconds=1))

    def test_a_repeated_signature_changes_nothing(self, contract: Contract) -> None:
        sign(contract, "applicant")
        assert not contract.collect_events()


class TestWhenUnsignedAtTheEndOfTheTerm:
    def test_the_head_does_not_close_it_at_the_due_instant_itself(self) -> None:
        with pytest.raises(TermNotOver) as refused:
            drawn().close(UNSIGNED, DUE, DUE)
        assert refused.value.params["due"] == DUE

    def test_the_head_closes_it_after_the_due_instant(self) -> None:
        contract = drawn()
        contract.close(UNSIGNED, DUE, DUE + timedelta(seconds=1))
        assert contract.over == "closed"

    def test_until_it_is_closed_it_can_still_be_signed(self) -> None:
        contract = drawn()
        contract.sign("provider", HEAD, contract.digest, DUE + timedelta(days=3))
        assert set(contract.signatures) == {"provider"}

    def test_a_closed_one_cannot_be_declined(self) -> None:
        contract = drawn()
        contract.close(UNSIGNED, DUE, DUE + timedelta(days=1))
        with pytest.raises(ContractOver):
            contract.decline(APPLICANT, None, DUE + timedelta(days=2))


@given(st.lists(st.sampled_from(tuple(SIGNERS)), max_size=8))
def test_in_force_exactly_when_each_party_has_signed_in_whatever_order_and_how_often(order: list[str]) -> None:
    contract = drawn()
    for party in order:
        sign(contract, party)
    assert contract.in_force == (set(order) == set(SIGNERS))
    assert new_facts(contract).count("Signed") == len(set(order))
