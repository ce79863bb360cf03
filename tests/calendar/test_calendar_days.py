"""The calendar against official days off that are known from the Government's resolutions and the law on holidays."""

from datetime import UTC, date, datetime

import pytest

from shared.calendar.calendar import Calendar, UnknownZone, calendar
from shared.calendar.days import YEARS, UnknownYear, read_year
from shared.calendar.reason import texts
from shared.calendar.rules import Correction, UnknownCalendar, rules

ALMATY = calendar("Asia/Almaty")


def off_on_weekdays(year: int) -> list[str]:
    return [f"{day:%m-%d}" for day in read_year(year, rules("kz-2015")).off if day.weekday() < 5]


class TestTheYear2019:
    def test_has_these_days_off_from_monday_to_friday_and_no_others(self) -> None:
        # Nauryz: Thu 21, Fri 22, and Sat 23 moved to Mon 25. Fri 10 May for Sat 4 May. Capital Day: Sat 6 July, to
        # Mon 8. First President: Sun 1 December, to Mon 2. Kurban Ait, Sun 11 August, isn't moved.
        first_half = ["01-01", "01-02", "01-07", "03-08", "03-21", "03-22", "03-25", "05-01", "05-07", "05-09", "05-10"]
        second_half = ["07-08", "08-30", "12-02", "12-16", "12-17"]
        assert sorted(off_on_weekdays(2019)) == first_half + second_half

    def test_works_on_the_saturday_that_was_transferred(self) -> None:
        saturday = date(2019, 5, 4)
        assert ALMATY.is_working_day(saturday)
        assert ALMATY.why_not(saturday) is None
        worked = ALMATY.why_worked(saturday)
        assert worked is not None
        assert worked.code == "worked-instead"

    def test_says_why_each_day_is_off(self) -> None:
        def why(month: int, day: int) -> tuple[str, str | None]:
            reason = ALMATY.why_not(date(2019, month, day))
            assert reason is not None
            return reason.code, reason.params.get("holiday") or reason.params.get("worked")

        assert why(3, 22) == ("holiday", "nauryz")
        assert why(3, 23) == ("holiday", "nauryz")  # a Saturday, but the holiday says more
        assert why(3, 24) == ("weekend", None)
        assert why(3, 25) == ("holiday-moved", "nauryz")
        assert why(5, 10) == ("day-off-transferred", "2019-05-04")
        assert why(8, 11) == ("holiday", "kurban-ait")


class TestDaysOffOfOtherYears:
    @pytest.mark.parametrize(
        "day",
        [
            date(2015, 3, 9),  # 8 March on a Sunday
            date(2016, 3, 7),  # for Saturday 5 March
            date(2018, 12, 31),  # for Saturday 29 December
            date(2020, 1, 3),  # for Sunday 5 January
            date(2020, 5, 8),  # for Monday 11 May, the day that 9 May, a Saturday, would have moved to
            date(2021, 12, 16),
            date(2022, 1, 4),  # 1-2 January on Saturday and Sunday: moved to 3 and 4
            date(2022, 10, 25),  # Republic Day, a holiday again since 2022
            date(2024, 3, 25),  # 23 March on a Saturday
        ],
    )
    def test_are_non_working(self, day: date) -> None:
        assert not ALMATY.is_working_day(day)

    @pytest.mark.parametrize(
        "day",
        [
            date(2017, 1, 9),  # Christmas on Saturday 7 January is not moved
            date(2018, 1, 8),  # nor on a Sunday
            date(2018, 12, 29),  # Saturday worked for Monday 31 December
            date(2019, 8, 12),  # Kurban Ait on a Sunday is not moved
            date(2020, 1, 5),  # Sunday worked for Friday 3 January
            date(2020, 5, 11),  # worked for Friday 8 May
            date(2022, 12, 1),  # First President Day was abolished in 2022
            date(2022, 12, 19),  # and so was 17 December
            date(2024, 5, 4),  # Saturday worked for Wednesday 8 May
        ],
    )
    def test_and_days_that_only_look_like_them_are_working(self, day: date) -> None:
        assert ALMATY.is_working_day(day)


class TestWorkingTime:
    def test_is_half_past_nine_hours_less_the_break_in_the_zone_of_that_day(self) -> None:
        # +06 on 29 February 2024, +05 from 1 March 2024
        before, after = ALMATY.working_time(date(2024, 2, 29)), ALMATY.working_time(date(2024, 3, 1))
        assert before[0] == (datetime(2024, 2, 29, 3, tzinfo=UTC), datetime(2024, 2, 29, 7, tzinfo=UTC))
        assert before[1] == (datetime(2024, 2, 29, 8, 30, tzinfo=UTC), datetime(2024, 2, 29, 12, 30, tzinfo=UTC))
        assert after[0] == (datetime(2024, 3, 1, 4, tzinfo=UTC), datetime(2024, 3, 1, 8, tzinfo=UTC))

    def test_is_none_on_a_holiday(self) -> None:
        assert ALMATY.working_time(date(2019, 3, 22)) == ()

    def test_is_marked_assumed_as_is_every_rule(self) -> None:
        assert ALMATY.rules.working_time.assumed
        assert all(rule.assumed for rule in ALMATY.rules.rules.values())


class TestACorrection:
    CORRECTED = ALMATY.rules.model_copy(
        update={
            "corrections": (
                Correction(day=date(2019, 3, 22), working=True, source="no. 1"),
                Correction(day=date(2019, 3, 26), working=False, source="no. 2"),
            )
        }
    )

    def test_wins_over_the_library_and_names_its_act(self) -> None:
        corrected = Calendar("test", ALMATY.zone, self.CORRECTED)
        worked, off = corrected.why_worked(date(2019, 3, 22)), corrected.why_not(date(2019, 3, 26))
        assert corrected.is_working_day(date(2019, 3, 22))
        assert worked is not None
        assert worked.params["source"] == "no. 1"
        assert off is not None
        assert (off.code, off.params["source"]) == ("corrected-day-off", "no. 2")


class TestFindingACalendar:
    def test_gives_one_and_the_same_for_a_zone(self) -> None:
        assert calendar("Asia/Almaty") is ALMATY

    def test_names_data_and_library_in_its_version(self) -> None:
        assert ALMATY.version == "kz-2015.1+holidays.0.108"

    def test_is_confirmed_from_2015_to_2024(self) -> None:
        first, last = date(2015, 1, 1), date(2024, 12, 31)
        assert ALMATY.confirmed == (first, last)
        assert ALMATY.is_confirmed(first, last)
        assert not ALMATY.is_confirmed(date(2014, 12, 31), first)
        assert not ALMATY.is_confirmed(last, date(2025, 1, 1))

    @pytest.mark.parametrize("zone", ["Asia/Karaganda", "Asia", "", "../etc/passwd", "asia almaty"])
    def test_refuses_a_zone_that_is_not_there(self, zone: str) -> None:
        with pytest.raises(UnknownZone, match="use a name of the tz database"):
            calendar(zone)

    def test_refuses_a_name_that_is_not_there_and_lists_those_that_are(self) -> None:
        with pytest.raises(UnknownCalendar, match="known: kz-2015"):
            calendar("Asia/Almaty", "kz-1015")

    def test_refuses_years_that_it_does_not_know(self) -> None:
        with pytest.raises(UnknownYear, match="2000 to 2099, not 1999"):
            ALMATY.is_working_day(date(1999, 1, 4))


class TestEveryYear:
    def test_names_only_holidays_that_have_words_in_three_languages(self) -> None:
        reasons = [reason for year in YEARS for reason in read_year(year, rules("kz-2015")).off.values()]
        named = {reason.params["holiday"] for reason in reasons if "holiday" in reason.params}
        assert named <= set(texts()["holidays"])
