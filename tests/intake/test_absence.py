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
    def test_being_back_earlier_ends_it(self) -> None:
        absences = away()
        absences.come_back(december(5))
        assert absences.away == [(DANA, december(2), december(5))]

    def test_coming_back_on_that_day_again_changes_nothing(self) -> None:
        absences = away()
        absences.come_back(december(5))
        absences.come_back(december(5))
        assert len(absences.pending_events) == 2

    def test_another_absence_begins_when_this_one_is_over(self) -> None:
        absences = away()
        absences.add(SAULE, december(9), december(12))
        assert absences.away[-1] == (SAULE, december(9), december(12))

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
