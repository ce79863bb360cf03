"""FACTS: what may be reported, which of several reports counts, and the published schema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.scoring.sheet.facts import Facts, NetResult
from services.scoring.sheet.placed import faults
from services.scoring.sheet.schema import schemas
from services.scoring.sheet.settled import settled
from tests.scoring.bodies import REPORTED, bin_of, facts, one, organisation

LOSS = {"fact": "net-result", "year": 2022, "amount": "-1"}
PAID = {"on": "2022-05-31", "amount": "5"}
GAIN = {"fact": "net-result", "year": 2022, "amount": "1"}


def assumed(fact: dict[str, Any]) -> dict[str, Any]:
    return fact | {"assumed": "The accounts burnt", "source": None}


def result(*reports: dict[str, Any]) -> str | None:
    """The year's net result that counts, or None where the reports contradict each other."""
    fact = settled(one(0, "llp-interests", without=["net-result:2022"], also=reports).facts)["net-result:2022"]
    assert fact is None or isinstance(fact, NetResult)
    return None if fact is None else str(fact.amount)


class TestReportsOfOneFact:
    def test_that_say_the_same_are_one_whoever_made_them(self) -> None:
        assert result(LOSS, LOSS | {"amount": "-1.00", "reporter": "auditor", "date": "2023-03-03"}) == "-1"

    def test_that_contradict_each_other_settle_nothing_in_any_order(self) -> None:
        assert result(LOSS, GAIN) is None
        assert result(GAIN, LOSS, GAIN) is None

    def test_are_settled_by_one_assumption_with_its_reason(self) -> None:
        assert result(LOSS, assumed(GAIN), GAIN) == "1"

    def test_win_over_an_assumption_where_they_agree(self) -> None:
        assert result(assumed(GAIN), LOSS) == "-1"

    def test_that_are_assumed_differently_settle_nothing(self) -> None:
        assert result(assumed(GAIN), assumed(LOSS)) is None

    def test_may_list_the_same_payments_in_any_order(self) -> None:
        paid = [{"on": "2022-05-01", "amount": "3"}, {"on": "2022-06-01", "amount": "2"}]
        transfer = {"fact": "transfer", "due": "5", "due_by": "2022-06-01"}
        both = [transfer | {"payments": paid}, transfer | {"payments": paid[::-1]}]
        assert settled(one(0, "llp-interests", without=["transfer"], also=both).facts)["transfer"] is not None


class TestAPlanWithoutIndicators:
    """Annex 1 §6 and §7.1 ask about the same key indicators."""

    NONE: dict[str, Any] = {"fact": "indicators", "indicators": []}
    UNTIED: dict[str, Any] = {"fact": "plan-quality", "measurable": False, "tied": False}

    def known(self, *reports: dict[str, Any]) -> tuple[bool, bool]:
        """Whether quality and indicators of the plan are known."""
        found = settled(one(0, "llp-interests", without=["plan-quality", "indicators"], also=reports).facts)
        return found["plan-quality"] is not None, found["indicators"] is not None

    @pytest.mark.parametrize("quality", [{"measurable": True}, {"tied": True}])
    def test_contradicts_that_they_are_measurable_or_tied(self, quality: dict[str, Any]) -> None:
        assert self.known(self.UNTIED | quality, self.NONE) == (False, False)
        assert self.known(self.NONE, self.UNTIED | quality) == (False, False)

    def test_has_none_that_are(self) -> None:
        assert self.known(self.UNTIED, self.NONE) == (True, True)

    def test_is_settled_by_an_assumption_about_either(self) -> None:
        tied = self.UNTIED | {"tied": True}
        assert self.known(tied, self.NONE, assumed(self.UNTIED)) == (True, True)
        assert self.known(tied, self.NONE, assumed(tied)) == (False, False)


class TestAFactIsRefused:
    def test_without_source_or_the_reason_for_which_it_is_assumed(self) -> None:
        with pytest.raises(ValidationError, match="name the source"):
            one(0, "llp-interests", instead=[LOSS | {"source": None}])

    @pytest.mark.parametrize("amount", [-1.5, 1, "1e3", "1,5", " 1", "1.005", "NaN", "", True])
    def test_with_an_amount_that_isnt_a_decimal_string(self, amount: object) -> None:
        with pytest.raises(ValidationError, match="write the number as text"):
            one(0, "llp-interests", instead=[LOSS | {"amount": amount}])

    def test_with_a_sum_due_and_no_last_day(self) -> None:
        with pytest.raises(ValidationError, match="give due_by"):
            one(0, "llp-interests", instead=[{"fact": "transfer", "due": "5", "due_by": None, "payments": []}])

    def test_with_a_negative_payment(self) -> None:
        with pytest.raises(ValidationError, match="write the number as text"):
            one(0, "llp-interests", instead=[{"fact": "transfer", "due": "-5", "due_by": None, "payments": []}])

    @pytest.mark.parametrize("better", [{}, {"better": None}, {"better": "higher"}])
    def test_with_an_indicator_of_which_more_or_less_may_be_better(self, better: dict[str, Any]) -> None:
        waiting = {"name": "Waiting days", "planned": "9", "reached": "12"} | better
        with pytest.raises(ValidationError, match="better"):
            one(0, "llp-interests", instead=[{"fact": "indicators", "indicators": [waiting]}])

    @pytest.mark.parametrize("word", [{"points": 2}, {"solvent": "yes"}, {"solvent": 1}])
    def test_with_a_word_or_a_type_that_the_format_doesnt_know(self, word: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match=r"Extra inputs|valid boolean"):
            one(0, "llp-interests", instead=[{"fact": "solvency", "solvent": True} | word])


class TestFactsOfAPeriod:
    def test_are_in_place_with_results_of_two_years_and_audits_of_one(self) -> None:
        assert list(faults(facts(organisation(0, "llp-interests")))) == []

    def test_have_no_result_of_another_year(self) -> None:
        old = {"fact": "net-result", "year": 2020, "amount": "1"}
        (fault,) = faults(facts(organisation(0, "llp-interests", also=[old])))
        assert fault.loc == ("organisations", 0, "facts", 13, "year")
        assert "the year before" in fault.what

    def test_are_of_organisations_that_existed_in_it(self) -> None:
        unborn = [{"fact": "net-result", "year": year, "amount": None} for year in (2021, 2022)]
        (fault,) = faults(facts(organisation(0, "llp-interests", instead=unborn)))
        assert fault.loc == ("organisations", 0, "facts", 12, "amount")
        assert "didn't exist in the period" in fault.what

    @pytest.mark.parametrize(
        ("field", "fact"),
        [
            ("audits", {"fact": "audits", "norm": "cars", "audits": [{"on": "2023-01-01", "violations": 1}]}),
            ("due_by", {"fact": "transfer", "due": "5", "due_by": "2015-06-01", "payments": []}),
            ("submissions", {"fact": "plans", "submissions": [{"due_by": "2021-12-31", "given_on": None}]}),
            ("submissions", {"fact": "reports", "submissions": [{"due_by": "2023-01-01", "given_on": None}]}),
        ],
    )
    def test_have_no_audit_and_no_last_day_outside_it(self, field: str, fact: dict[str, Any]) -> None:
        (fault,) = faults(facts(organisation(0, "llp-interests", instead=[fact])))
        assert fault.loc == ("organisations", 0, "facts", 12, field)
        assert "in the period" in fault.what

    @pytest.mark.parametrize(
        ("field", "fact"),
        [
            ("payments", {"fact": "transfer", "due": "5", "due_by": "2022-06-01"} | {"payments": [PAID]}),
            ("submissions", {"fact": "plans", "submissions": [{"due_by": "2022-02-01", "given_on": "2099-01-01"}]}),
            ("audits", {"fact": "audits", "norm": "cars", "audits": [{"on": "2022-03-03", "violations": 0}]}),
        ],
    )
    def test_say_nothing_of_the_days_after_their_own(self, field: str, fact: dict[str, Any]) -> None:
        said = REPORTED | fact
        known = [said | {"date": day} for day in ("2022-03-02", "2099-01-01")]
        early, late = (facts(organisation(0, "llp-interests") | {"facts": [each]}) for each in known)
        (fault,) = faults(early)
        assert fault.loc[-1] == field
        assert "after its own date" in fault.what
        assert list(faults(late)) == []

    def test_have_no_organisation_as_two_different_ones(self) -> None:
        both = (organisation(0, "llp-interests"), organisation(0, "state-enterprises"))
        (fault,) = faults(facts(*both))
        assert fault.loc == ("organisations", 1, "kind")


class TestThePublishedSchema:
    ((_, TEXT),) = schemas().items()
    VALIDATOR = Draft202012Validator(json.loads(TEXT))

    def said(self, *organisations: dict[str, Any]) -> dict[str, Any]:
        return {"period": 2022, "organisations": list(organisations)}

    def test_is_the_file_beside_the_data(self) -> None:
        ((path, text),) = schemas().items()
        assert path.read_text() == text, "run `python -m reglament.published` and look at the difference"

    def test_takes_a_body_in_order_and_none_at_all(self) -> None:
        self.VALIDATOR.validate(self.said(organisation(0, "llp-interests")))
        self.VALIDATOR.validate(self.said())

    def test_takes_what_the_models_write(self) -> None:
        written = Facts.model_validate_json(json.dumps(self.said(organisation(0, "llp-interests"))))
        self.VALIDATOR.validate(written.model_dump(mode="json"))

    @pytest.mark.parametrize(
        "fact",
        [LOSS | {"amount": -1.5}, LOSS | {"source": None}, {"fact": "score", "points": 2}, LOSS | {"points": 2}],
    )
    def test_refuses_what_the_models_refuse(self, fact: dict[str, Any]) -> None:
        said = self.said(organisation(0, "llp-interests", instead=[fact]))
        assert not self.VALIDATOR.is_valid(said)
        with pytest.raises(ValidationError):
            Facts.model_validate_json(json.dumps(said))

    def test_refuses_organisations_without_a_number(self) -> None:
        said = self.said(organisation(0, "llp-interests") | {"bin": bin_of(0)[:11]})
        assert not self.VALIDATOR.is_valid(said)


def test_a_reporter_is_named_in_each_fact() -> None:
    with pytest.raises(ValidationError, match="reporter"):
        one(0, "llp-interests", instead=[LOSS | {"reporter": " "}])
    assert REPORTED["reporter"] == one(0, "llp-interests").facts[0].reporter
