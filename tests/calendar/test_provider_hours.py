"""Working time of a provider's own: from Monday to Saturday, 08:00 to 17:00, with a break from 12:00 to 13:00."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from shared.calendar.calendar import calendar
from shared.calendar.due import due
from shared.calendar.rules import WorkingTime
from shared.calendar.term import Term

HOURS = WorkingTime.model_validate(
    {
        "week": ["mon", "tue", "wed", "thu", "fri", "sat"],
        "hours": ["08:00", "17:00"],
        "break": ["12:00", "13:00"],
    }
)
DAYS = calendar("Asia/Almaty", working_time=HOURS)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """September 2019 in Almaty, +06; the 6th is a Friday."""
    return datetime(2019, 9, day, hour - 6, minute, tzinfo=UTC)


class TestATermByTheProvidersHours:
    def test_in_days_counts_saturday_and_ends_when_that_provider_closes(self) -> None:
        # Friday isn't counted; Saturday 7, Monday 9: 17:00
        found = due(at(6, 10), Term(working_days=2), DAYS)
        assert found.at == at(9, 17)
        told = {r.code: r.params for r in found.because}
        assert told["provider-hours"] == {"hours": "08:00/17:00", "break": "12:00/13:00"}
        assert told["weekend"] == {"days": "2019-09-08/2019-09-08", "count": "1"}

    def test_in_hours_runs_in_them(self) -> None:
        # 30 minutes to the break, 90 from 13:00
        found = due(at(6, 11, 30), Term(hours=2), DAYS)
        assert found.at == at(6, 14, 30)
        assert {"hours": "08:00/17:00", "break": "12:00/13:00"} in [r.params for r in found.because]

    def test_from_after_hours_begins_the_next_morning(self) -> None:
        # Friday 17:30: Saturday 08:00 and 20 minutes
        assert due(at(6, 17, 30), Term(minutes=20), DAYS).at == at(7, 8, 20)

    def test_that_a_paragraph_states_names_it_and_assumes_the_rules_of_counting_alone(self) -> None:
        stated = calendar("Asia/Almaty", working_time=HOURS.model_copy(update={"paragraph": "§4"}))
        found = due(at(6, 10), Term(working_days=2), stated)
        assert found.at == at(9, 17)
        told = [reason.render("en", stated.zone) for reason in found.because]
        assert "Working time of the provider (§4): 08:00–17:00, break 12:00–13:00" in told
        assert f"Calendar: {stated.version}; the acts state no rules of counting, these are assumed" in told

    def test_by_the_default_hours_says_nothing_of_a_provider(self) -> None:
        found = due(at(6, 10), Term(working_days=2), calendar("Asia/Almaty"))
        # Monday 9, Tuesday 10, 18:30
        assert found.at == at(10, 18, 30)
        assert "provider-hours" not in {r.code for r in found.because}


class TestHoursThatCannotBe:
    @pytest.mark.parametrize(
        "changed",
        [
            {"hours": ["17:00", "08:00"]},
            {"break": ["13:00", "12:00"]},
            {"break": ["07:00", "13:00"]},
            {"break": ["12:00", "18:00"]},
            {"hours": ["08:00", 1020]},  # 17:00 without quotes, as YAML reads it
            {"hours": ["08:00", "17:00Z"]},
            {"week": []},
            {"week": ["monday"]},
        ],
    )
    def test_are_refused(self, changed: dict[str, object]) -> None:
        said = HOURS.model_dump(mode="json", by_alias=True) | changed
        with pytest.raises(ValidationError):
            WorkingTime.model_validate(said)
