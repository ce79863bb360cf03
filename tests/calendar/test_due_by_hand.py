"""Due instants worked by hand. Asia/Almaty was +06 until 2024-03-01 and is +05 since; Asia/Atyrau is +05."""

from datetime import UTC, datetime

import pytest

from shared.calendar.calendar import calendar
from shared.calendar.due import Due, Pause, due
from shared.calendar.term import Term

ALMATY = calendar("Asia/Almaty")


def at(text: str) -> datetime:
    """A civil time in Almaty."""
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY.zone)


def due_at(moment: str, **term: int) -> datetime:
    return due(at(moment), Term(**term), ALMATY).at


def codes(found: Due) -> list[str]:
    return [reason.code for reason in found.because]


class TestTheCasesOfTheAcceptance:
    @pytest.mark.parametrize(
        ("zone", "moment", "term", "expected"),
        [
            ("Asia/Almaty", "2019-09-02T04:00Z", Term(minutes=20), "2019-09-02T04:20Z"),  # 10:00 to 10:20
            (
                "Asia/Almaty",
                "2019-09-02T06:50Z",
                Term(minutes=20),
                "2019-09-02T08:40Z",
            ),  # 12:50: 10 min after the break
            ("Asia/Almaty", "2019-09-02T12:20Z", Term(minutes=20), "2019-09-03T03:10Z"),  # 18:20: the rest next morning
            ("Asia/Almaty", "2019-09-02T04:00Z", Term(working_days=1), "2019-09-03T12:30Z"),
            ("Asia/Almaty", "2019-09-06T04:00Z", Term(working_days=1), "2019-09-09T12:30Z"),  # Friday to Monday
            ("Asia/Almaty", "2019-03-20T04:00Z", Term(working_days=1), "2019-03-26T12:30Z"),  # over Nauryz
            ("Asia/Atyrau", "2019-09-02T12:20Z", Term(minutes=20), "2019-09-02T12:40Z"),  # 17:20 at +05
            ("Asia/Almaty", "2019-09-02T14:00Z", Term(working_days=1), "2019-09-04T12:30Z"),  # 20:00: the next morning
        ],
    )
    def test_are_due_so(self, zone: str, moment: str, term: Term, expected: str) -> None:
        found = due(datetime.fromisoformat(moment), term, calendar(zone))
        assert found.at == datetime.fromisoformat(expected)
        assert found.at.tzinfo == UTC


class TestTheEdgesOfWorkingTime:
    def test_nine_and_half_past_two_are_inside(self) -> None:
        assert due_at("2019-09-02T09:00", minutes=20) == at("2019-09-02T09:20")
        assert due_at("2019-09-02T14:30", minutes=20) == at("2019-09-02T14:50")

    def test_one_o_clock_counts_as_the_end_of_the_break(self) -> None:
        assert due_at("2019-09-02T13:00", minutes=20) == at("2019-09-02T14:50")

    def test_half_past_six_counts_as_the_next_morning(self) -> None:
        assert due_at("2019-09-02T18:30", minutes=20) == at("2019-09-03T09:20")
        assert due_at("2019-09-02T18:30", working_days=1) == at("2019-09-04T18:30")  # counted from 3: due on the 4th

    def test_the_last_second_before_half_past_six_is_still_that_day(self) -> None:
        assert due_at("2019-09-02T18:29:59", working_days=1) == at("2019-09-03T18:30")

    def test_before_nine_counts_as_nine_of_the_same_day(self) -> None:
        assert due_at("2019-09-02T07:00", minutes=20) == at("2019-09-02T09:20")
        assert due_at("2019-09-02T07:00", working_days=1) == at("2019-09-03T18:30")

    def test_a_term_that_ends_at_one_or_half_past_six_is_due_then(self) -> None:
        assert due_at("2019-09-02T12:40", minutes=20) == at("2019-09-02T13:00")
        assert due_at("2019-09-02T18:10", minutes=20) == at("2019-09-02T18:30")

    def test_hours_run_in_working_time_only(self) -> None:
        assert due_at("2019-09-02T12:30", hours=1) == at("2019-09-02T15:00")  # 30 min, break, 30 min
        assert due_at("2019-09-02T09:00", hours=8) == at("2019-09-02T18:30")  # 4 h and 4 h: the whole day
        assert due_at("2019-09-06T18:00", hours=1) == at("2019-09-09T09:30")  # Friday to Monday

    def test_seconds_are_kept(self) -> None:
        assert due_at("2019-09-02T12:59:30", minutes=1) == at("2019-09-02T14:30:30")


class TestNauryz2019:
    """Thu 21, Fri 22, Sat 23 March; Sun 24; Mon 25 for the Saturday."""

    def test_three_working_days_from_the_eve(self) -> None:
        assert due_at("2019-03-20T10:00", working_days=3) == at("2019-03-28T18:30")  # 26, 27, 28

    def test_a_receipt_on_the_holiday_counts_from_tuesday(self) -> None:
        assert due_at("2019-03-22T10:00", minutes=20) == at("2019-03-26T09:20")
        assert due_at("2019-03-22T10:00", working_days=1) == at("2019-03-27T18:30")

    def test_each_holiday_is_told_once_with_its_days(self) -> None:
        found = due(at("2019-03-20T10:00"), Term(working_days=3), ALMATY)
        assert [r.model_dump() for r in found.because[3:6]] == [
            {"code": "holiday", "params": {"days": "2019-03-21/2019-03-23", "holiday": "nauryz"}},
            {"code": "holiday-moved", "params": {"days": "2019-03-25", "holiday": "nauryz"}},
            {"code": "weekend", "params": {"days": "2019-03-24/2019-03-24", "count": "1"}},
        ]


class TestMay2019:
    """Sat 4 worked for Fri 10; off: Sun 5, Tue 7, Thu 9, Fri 10, Sat 11, Sun 12."""

    def test_the_transferred_saturday_is_a_working_day(self) -> None:
        assert due_at("2019-05-03T10:00", working_days=1) == at("2019-05-04T18:30")
        assert due_at("2019-05-03T18:20", minutes=20) == at("2019-05-04T09:10")

    def test_three_working_days_from_friday_evening(self) -> None:
        # 20:00 counts as Sat 4, 09:00; Mon 6, Wed 8, Mon 13
        assert due_at("2019-05-03T20:00", working_days=3) == at("2019-05-13T18:30")

    def test_the_transfer_is_told_from_both_sides(self) -> None:
        found = due(at("2019-05-03T20:00"), Term(working_days=3), ALMATY)
        assert [
            reason.params for reason in found.because if reason.code in ("day-off-transferred", "worked-instead")
        ] == [
            {"days": "2019-05-10", "worked": "2019-05-04"},
            {"days": "2019-05-04"},
        ]


class TestTheEndOfAYear:
    def test_over_new_year_and_christmas(self) -> None:
        # Off: Tue 1, Wed 2 January, Sat 5, Sun 6, Mon 7; and Mon 31 December 2018 for Sat 29, which was worked.
        assert due_at("2018-12-28T10:00", working_days=1) == at("2018-12-29T18:30")
        assert due_at("2018-12-28T10:00", working_days=4) == at("2019-01-08T18:30")  # 29, 3, 4, 8

    def test_working_time_runs_on_in_the_new_year(self) -> None:
        assert due_at("2018-12-29T18:20", minutes=20) == at("2019-01-03T09:10")


class TestTheChangeOfTheZone:
    """At midnight of 1 March 2024 Almaty went from +06 to +05."""

    def test_civil_time_is_kept_across_it(self) -> None:
        # Thu 29 February 10:00 +06; Fri 1 March 18:30 +05
        found = due(datetime(2024, 2, 29, 4, tzinfo=UTC), Term(working_days=1), ALMATY)
        assert found.at == datetime(2024, 3, 1, 13, 30, tzinfo=UTC)

    def test_minutes_go_on_next_morning(self) -> None:
        # 18:20 +06 is 12:20 UTC; 10 minutes that day, 10 from 09:00 +05 = 04:00 UTC
        found = due(datetime(2024, 2, 29, 12, 20, tzinfo=UTC), Term(minutes=20), ALMATY)
        assert found.at == datetime(2024, 3, 1, 4, 10, tzinfo=UTC)

    def test_a_month_across_it(self) -> None:
        # from 29 February to 29 March, a Friday, 18:30 +05
        assert due_at("2024-02-29T10:00", months=1) == datetime(2024, 3, 29, 13, 30, tzinfo=UTC)


class TestTermsInMonths:
    def test_end_on_the_same_day_of_the_month(self) -> None:
        assert due_at("2019-09-02T10:00", months=1) == at("2019-10-02T18:30")
        assert due_at("2018-11-15T10:00", months=14) == at("2020-01-15T18:30")

    def test_end_on_the_last_day_of_a_shorter_month(self) -> None:
        assert due_at("2019-01-31T10:00", months=1) == at("2019-02-28T18:30")  # Thursday
        assert due_at("2019-12-31T10:00", months=2) == at("2020-03-02T18:30")  # 29 February 2020 is a Saturday
        found = due(at("2019-01-31T10:00"), Term(months=1), ALMATY)
        assert codes(found) == ["counted-from", "term-months", "month-too-short", "due", "calendar"]

    def test_move_to_the_next_working_day(self) -> None:
        assert due_at("2019-02-21T10:00", months=1) == at("2019-03-26T18:30")  # 21 March: Nauryz, to Tue 26

    def test_are_counted_from_the_day_that_the_moment_counts_as(self) -> None:
        assert due_at("2019-08-30T20:00", months=1) == at(
            "2019-10-02T18:30"
        )  # a holiday, Friday: counts as Mon 2 September

    def test_tell_only_the_days_that_moved_them(self) -> None:
        found = due(at("2019-02-21T10:00"), Term(months=1), ALMATY)
        assert codes(found) == ["counted-from", "term-months", "holiday", "holiday-moved", "weekend", "due", "calendar"]


class TestWhenTheClockIsStopped:
    def test_paused_working_time_is_not_counted_in_minutes(self) -> None:
        # 5 minutes, stopped 10:05-11:05, 15 minutes more
        pause = Pause(start=at("2019-09-02T10:05"), end=at("2019-09-02T11:05"))
        assert due(at("2019-09-02T10:00"), Term(minutes=20), ALMATY, [pause]).at == at("2019-09-02T11:20")

    def test_a_pause_before_the_start_or_in_the_break_changes_nothing(self) -> None:
        pauses = [
            Pause(start=at("2019-09-02T09:00"), end=at("2019-09-02T10:00")),
            Pause(start=at("2019-09-02T13:00"), end=at("2019-09-02T14:30")),
        ]
        found = due(at("2019-09-02T12:50"), Term(minutes=20), ALMATY, pauses)
        assert found.at == at("2019-09-02T14:40")
        assert due(at("2019-09-02T12:50"), Term(working_days=1), ALMATY, pauses).at == at("2019-09-03T18:30")

    def test_pauses_that_overlap_count_once(self) -> None:
        pauses = [
            Pause(start=at("2019-09-02T10:10"), end=at("2019-09-02T10:30")),
            Pause(start=at("2019-09-02T10:05"), end=at("2019-09-02T11:05")),
        ]
        assert due(at("2019-09-02T10:00"), Term(minutes=20), ALMATY, pauses).at == at("2019-09-02T11:20")

    def test_working_days_touched_by_it_are_not_counted(self) -> None:
        # From Mon 2; Tue 3 and Wed 4 touched; Thu 5 and Fri 6 counted.
        pause = Pause(start=at("2019-09-03T12:00"), end=at("2019-09-04T10:00"))
        found = due(at("2019-09-02T10:00"), Term(working_days=2), ALMATY, [pause])
        assert found.at == at("2019-09-06T18:30")
        assert "paused" in codes(found)

    def test_a_weekend_in_it_costs_nothing(self) -> None:
        pause = Pause(start=at("2019-09-06T18:30"), end=at("2019-09-09T09:00"))
        assert due(at("2019-09-06T10:00"), Term(working_days=1), ALMATY, [pause]).at == at("2019-09-09T18:30")

    def test_months_move_on_by_each_calendar_day_touched(self) -> None:
        # 2 October, three days on (10, 11, 12 September): Sat 5 October, so Mon 7
        pause = Pause(start=at("2019-09-10T12:00"), end=at("2019-09-12T10:00"))
        assert due(at("2019-09-02T10:00"), Term(months=1), ALMATY, [pause]).at == at("2019-10-07T18:30")

    def test_a_pause_ends_after_it_starts(self) -> None:
        with pytest.raises(ValueError, match="ends after it starts"):
            Pause(start=at("2019-09-02T10:00"), end=at("2019-09-02T10:00"))


class TestWhereNoOfficialCalendarReaches:
    def test_the_instant_is_provisional_and_says_so(self) -> None:
        found = due(at("2024-12-31T10:00"), Term(working_days=1), ALMATY)
        assert found.provisional
        assert found.because[-1].model_dump() == {
            "code": "provisional",
            "params": {"confirmed": "2015-01-01/2024-12-31"},
        }

    def test_up_to_the_last_confirmed_day_it_is_not(self) -> None:
        assert not due(at("2024-12-30T10:00"), Term(working_days=1), ALMATY).provisional


class TestAMomentThatCannotBeUsed:
    def test_without_an_offset_is_refused(self) -> None:
        with pytest.raises(ValueError, match="has no offset"):
            due(datetime(2019, 9, 2, 10), Term(minutes=20), ALMATY)  # noqa: DTZ001

    def test_outside_the_years_of_the_calendar_is_refused(self) -> None:
        with pytest.raises(ValueError, match="2000 to 2099"):
            due(datetime(2099, 12, 31, 12, tzinfo=UTC), Term(working_days=1), ALMATY)
