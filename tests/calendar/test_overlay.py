"""What an operator says of the calendar in a file of their own, over the product's data."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.calendar.calendar import Calendar, calendar
from shared.calendar.due import Due, due
from shared.calendar.rules import InvalidCalendar, all_rules, overlaid
from shared.calendar.term import Term

CONFIRMED = """
kz-2015:
  revision: 2
  confirmed: {2025: {until: 2025-12-31, source: the official calendar of 2025}}
  corrections:
    - {day: 2025-06-11, working: false, source: resolution no. 1}
    - {day: 2025-06-14, working: true, source: resolution no. 1}
"""


def overlay(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "calendar.yaml"
    path.write_text(text)
    return path


def with_overlay(tmp_path: Path, text: str) -> Calendar:
    rules = overlaid(all_rules(), overlay(tmp_path, text))["kz-2015"]
    return Calendar(f"kz-2015.{rules.revision}", calendar("Asia/Almaty").zone, rules)


def three_days(days: Calendar) -> Due:
    """3 working days from Tuesday 10 June 2025, 11:00 (+05)."""
    return due(datetime(2025, 6, 10, 6, tzinfo=UTC), Term(working_days=3), days)


class TestBeforeTheYearIsConfirmed:
    def test_a_due_instant_is_provisional_and_says_so(self) -> None:
        # Wed 11, Thu 12, Fri 13 June, 18:30 is 13:30Z
        found = three_days(calendar("Asia/Almaty"))
        assert found.at == datetime(2025, 6, 13, 13, 30, tzinfo=UTC)
        assert found.provisional
        assert found.because[-1].code == "provisional"
        assert found.because[-1].params == {"confirmed": "2015-01-01/2024-12-31"}

    def test_so_is_one_that_only_ends_beyond_what_is_confirmed(self) -> None:
        # Tuesday 31 December 2024 and one working day more
        found = due(datetime(2024, 12, 31, 6, tzinfo=UTC), Term(working_days=1), calendar("Asia/Almaty"))
        assert found.provisional


class TestOnceTheYearIsConfirmedAndCorrected:
    def test_the_due_instant_is_another_and_the_explanation_says_by_what(self, tmp_path: Path) -> None:
        # Wed 11 is off and Saturday 14 worked instead: Thu 12, Fri 13, Sat 14
        found = three_days(with_overlay(tmp_path, CONFIRMED))
        assert found.at == datetime(2025, 6, 14, 13, 30, tzinfo=UTC)
        assert not found.provisional
        told = {r.code: r.params for r in found.because}
        assert told["corrected-day-off"] == {"days": "2025-06-11", "source": "resolution no. 1"}
        assert told["corrected-working-day"] == {"days": "2025-06-14", "source": "resolution no. 1"}
        assert told["calendar-confirmed"] == {
            "days": "2025-01-01/2025-12-31",
            "source": "the official calendar of 2025",
        }
        assert told["calendar"] == {"version": "kz-2015.2"}

    def test_what_lies_in_other_years_does_not_mention_it(self, tmp_path: Path) -> None:
        found = due(datetime(2019, 6, 10, 5, tzinfo=UTC), Term(working_days=3), with_overlay(tmp_path, CONFIRMED))
        assert "calendar-confirmed" not in {r.code for r in found.because}

    def test_days_beyond_the_confirmed_part_of_the_year_stay_provisional(self, tmp_path: Path) -> None:
        half = CONFIRMED.replace("until: 2025-12-31", "until: 2025-06-12")
        assert three_days(with_overlay(tmp_path, half)).provisional
        assert with_overlay(tmp_path, half).confirmed == (date(2015, 1, 1), date(2025, 6, 12))

    def test_the_later_of_two_corrections_of_a_day_stands(self, tmp_path: Path) -> None:
        twice = CONFIRMED + "    - {day: 2025-06-11, working: true, source: resolution no. 2}\n"
        assert with_overlay(tmp_path, twice).is_working_day(date(2025, 6, 11))


class TestAnOverlayThatDoesNotFit:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("kz-2016: {revision: 2}", "unknown calendar kz-2016; known: kz-2015"),
            ("kz-2015: {revision: 1}", "revision: above 1"),
            ("kz-2015: {revision: 2, hours: 9}", "kz-2015.hours: Extra inputs"),
            (
                "kz-2015: {revision: 2, confirmed: {2025: {until: 2026-01-01, source: x}}}",
                "2025 is confirmed until a day",
            ),
            ("kz-2015: [", "calendar.yaml: "),
            ("- kz-2015", "valid dictionary"),
        ],
    )
    def test_is_refused_with_file_and_fault(self, tmp_path: Path, text: str, says: str) -> None:
        path = overlay(tmp_path, text)
        with pytest.raises(InvalidCalendar, match=says) as refused:
            overlaid(all_rules(), path)
        assert str(path) in str(refused.value)

    def test_so_is_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidCalendar, match="No such file"):
            overlaid(all_rules(), tmp_path / "calendar.yaml")
