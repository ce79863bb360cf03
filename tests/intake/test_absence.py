"""When an executor is away, by itself."""

from datetime import date
from uuid import UUID

import pytest

from services.intake.absence.domain import Absences, must_be_possible
from services.intake.absence.refusals import ActsForThemselves, AwayAlready, BackBeforeAway, NotAway

ERLAN, DANA, SAULE = (UUID(int=n) for n in range(1, 4))


def december(day: int) -> date:
    return date(2019, 12, day)


def away() -> Absences:
    """Erlan is away from the 2nd, back on the 9th; Dana acts."""
    return Absences(ERLAN, "karaganda-region", DANA, december(2), december(9))


class TestWhileAnExecutorIsAway:
    @pytest.mark.parametrize(("day", "deputy"), [(1, None), (2, DANA), (8, DANA), (9, None)])
    def test_the_deputy_acts_from_the_first_day_away_until_the_day_before_the_return(
        self, day: int, deputy: UUID | None
    ) -> None:
        assert away().deputy_on(december(day)) == deputy

    def test_being_back_earlier_ends_it(self) -> None:
        absences = away()
        absences.come_back(december(5))
        assert [absences.deputy_on(december(d)) for d in (4, 5)] == [DANA, None]

    def test_another_absence_begins_when_this_one_is_over(self) -> None:
        absences = away()
        absences.add(SAULE, december(9), december(12))
        assert absences.deputy_on(december(9)) == SAULE

    def test_two_dont_overlap(self) -> None:
        with pytest.raises(AwayAlready):
            away().add(SAULE, december(8), december(12))

    def test_the_same_again_changes_nothing(self) -> None:
        absences = away()
        absences.add(DANA, december(2), december(9))
        assert len(absences.pending_events) == 1

    def test_nobody_comes_back_who_is_there(self) -> None:
        with pytest.raises(NotAway):
            away().come_back(december(10))


class TestWhatCantBeRecorded:
    def test_being_ones_own_deputy(self) -> None:
        with pytest.raises(ActsForThemselves):
            must_be_possible(ERLAN, ERLAN, december(2), december(9))

    def test_being_back_before_being_away(self) -> None:
        with pytest.raises(BackBeforeAway):
            must_be_possible(ERLAN, DANA, december(9), december(9))
