import pytest
from pydantic import ValidationError

from shared.calendar.term import Term


class TestATermInOneUnit:
    def test_says_its_unit_and_count(self) -> None:
        assert (Term(working_days=3).unit, Term(working_days=3).count) == ("working_days", 3)

    def test_is_written_with_that_unit_alone(self) -> None:
        assert Term(minutes=20).model_dump() == {"minutes": 20}
        assert Term.model_validate_json('{"months": 2}').model_dump_json() == '{"months":2}'

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            Term(hours=1).hours = 2  # type: ignore[misc]


class TestWhatIsNoTerm:
    def test_two_units_are_refused_by_name(self) -> None:
        with pytest.raises(ValidationError, match=r"exactly one of .*; given: minutes, months"):
            Term(minutes=20, months=1)

    def test_no_unit_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="given: none"):
            Term()

    @pytest.mark.parametrize(
        "written", [{"days": 3}, {"minutes": 0}, {"minutes": -1}, {"hours": 1.5}, {"hours": "2"}, 3]
    )
    def test_unknown_units_and_other_than_whole_positive_numbers_are_refused(self, written: object) -> None:
        with pytest.raises(ValidationError):
            Term.model_validate(written)
