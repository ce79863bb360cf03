"""Terms that stand still or are given more time: what the facts say of a deadline, worked by hand."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.common import ExtendsTerm, StartsClock, StopsClock
from shared.contracts.intake import ApplicationRegistered
from shared.procedure.case import Case
from shared.procedure.editions import load_all
from shared.procedure.facts import Fact
from shared.procedure.progress import progress
from tests.procedure.invented import Told, varied

KARAGANDA = "karaganda-2019/new-business-ideas"
PUBLISHED = load_all()[KARAGANDA]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """September 2019 in Almaty."""
    return datetime(2019, 9, day, hour - 6, minute, tzinfo=UTC)


class Checked(Told):
    """Registered on Monday 9 September 10:00: the check is open, 2 working days from then (000 §5.2)."""

    def __init__(self) -> None:
        super().__init__()
        self.registered = self.step("intake", "register", at=at(9, 10))

    def stops(self, begin: datetime, until: datetime, source: str = "intake", rests_on: tuple[Fact, ...] = ()) -> Fact:
        grounds = tuple(fact.id for fact in rests_on)
        return self._append(source, StopsClock(happened_at=begin, until=until, rests_on=grounds))

    def starts(self, stopped: Fact, when: datetime) -> Fact:
        return self._append("intake", StartsClock(happened_at=when, stopped_by=stopped.id))

    def extends(self, when: datetime, days: int) -> Fact:
        fact = ExtendsTerm(happened_at=when, action="check", term={"working_days": days}, was_due=at(11, 18, 30))
        return self._append("intake", fact)

    @property
    def case(self) -> Case:
        unread = cast("ApplicationRegistered", None)  # a deadline asks nothing of it
        return Case("intake", str(UUID(int=1)), self.facts, unread, PUBLISHED)

    def due(self) -> datetime:
        opened = self.case.progress.opened("check")
        assert opened
        deadline = self.case.deadline(opened)
        assert deadline
        return deadline.at

    def codes(self) -> list[str]:
        opened = self.case.progress.opened("check")
        assert opened
        deadline = self.case.deadline(opened)
        assert deadline
        return [reason.code for reason in deadline.because]


class TestWhenTheClockWasStopped:
    """From Tuesday 10 September 11:00 until Monday 16 September 18:30, unless it is started before."""

    def stopped(self) -> tuple[Checked, Fact]:
        told = Checked()
        return told, told.stops(at(10, 11), at(16, 18, 30))

    def test_before_that_the_check_was_due_on_wednesday(self) -> None:
        # Tuesday 10, Wednesday 11
        assert Checked().due() == at(11, 18, 30)

    def test_days_in_which_it_stood_are_not_counted(self) -> None:
        # Tuesday 10 to Monday 16 each have paused working time; Tuesday 17, Wednesday 18
        told, _ = self.stopped()
        assert told.due() == at(18, 18, 30)
        assert "paused" in told.codes()

    def test_an_answer_lets_it_run_again(self) -> None:
        # started on Thursday 12, 10:00: Friday 13, Monday 16
        told, stopped = self.stopped()
        told.starts(stopped, at(12, 10))
        assert told.due() == at(16, 18, 30)

    def test_an_answer_after_the_stated_end_changes_nothing(self) -> None:
        told, stopped = self.stopped()
        told.starts(stopped, at(17, 10))
        assert told.due() == at(18, 18, 30)

    def test_the_first_of_two_answers_counts(self) -> None:
        told, stopped = self.stopped()
        told.starts(stopped, at(13, 10))
        told.starts(stopped, at(12, 10))
        assert told.due() == at(16, 18, 30)

    def test_what_another_fact_stopped_goes_on_standing(self) -> None:
        told, stopped = self.stopped()
        told.stops(at(11, 9), at(12, 18, 30))
        told.starts(stopped, at(11, 10))
        # Tuesday 10 to Thursday 12 are paused: Friday 13, Monday 16
        assert told.due() == at(16, 18, 30)

    def test_a_fact_that_states_the_deadline_says_it_with_the_pause(self) -> None:
        told, stopped = self.stopped()
        told.starts(stopped, at(12, 10))
        done = told.case.completes("check", outcome="admitted", at=at(13, 9))
        assert done.due == at(16, 18, 30)
        assert {"start": "2019-09-10T05:00:00Z", "end": "2019-09-12T04:00:00Z"} in [b.params for b in done.because]


class TestWhenTheActionWasGivenMoreTime:
    def test_its_term_runs_longer_from_the_same_moment(self) -> None:
        # 5 working days from Monday 9: Tuesday 10 to Friday 13, Monday 16
        told = Checked()
        told.extends(at(10, 10), 5)
        assert told.due() == at(16, 18, 30)
        assert told.codes()[:3] == ["counted-from", "term-working-days", "extended"]

    def test_the_last_extension_counts(self) -> None:
        told = Checked()
        told.extends(at(10, 10), 5)
        told.extends(at(10, 12), 4)
        # Friday 13
        assert told.due() == at(13, 18, 30)

    def test_a_pause_counts_too(self) -> None:
        told = Checked()
        told.extends(at(10, 10), 3)
        told.stops(at(11, 9), at(11, 18, 30))
        # Tuesday 10, Thursday 12, Friday 13
        assert told.due() == at(13, 18, 30)


class TestWhenTheCaseWasHandedOver:
    def test_intake_stops_no_clock_any_more(self) -> None:
        told = Checked()
        told.step("intake", "check", "admitted", [told.registered], at=at(10, 10))
        told.stops(at(10, 11), at(16, 18, 30))
        assert told.case.progress.pauses == ()

    def test_nor_by_resting_on_what_came_before(self) -> None:
        told = Checked()
        told.step("intake", "check", "admitted", [told.registered], at=at(10, 10))
        told.stops(at(10, 11), at(16, 18, 30), rests_on=(told.registered,))
        assert told.case.progress.pauses == ()

    def test_but_again_once_custody_came_back(self) -> None:
        told = Checked()
        admitted = told.step("intake", "check", "admitted", [told.registered], at=at(10, 10))
        back = told.step("commission", "convene", rests_on=[admitted], at=at(10, 12))
        told.stops(at(10, 13), at(16, 18, 30), rests_on=(back,))
        assert len(told.case.progress.pauses) == 1

    def test_its_new_custodian_does(self) -> None:
        told = Checked()
        told.step("intake", "check", "admitted", [told.registered], at=at(10, 10))
        told.stops(at(10, 11), at(16, 18, 30), source="commission")
        assert len(told.case.progress.pauses) == 1


class TestWhateverStoppedTheClock:
    @given(st.data())
    def test_any_order_of_arrival_says_the_same(self, data: st.DataObject) -> None:
        told = Checked()
        stopped = [told.stops(at(10 + n, 9), at(10 + n, 18)) for n in range(3)]
        for fact in data.draw(st.lists(st.sampled_from(stopped))):
            told.starts(fact, at(fact.at.day, data.draw(st.integers(9, 20))))
        told.extends(at(10, 10), data.draw(st.integers(3, 9)))
        arrived = data.draw(st.permutations(told.facts * 2))
        procedure = told.case.procedure
        assert progress(procedure, arrived) == progress(procedure, told.facts)


class TestTheProceduresOfTheFolder:
    def test_allow_none_of_it(self) -> None:
        for published in load_all().values():
            procedure = published.edition.procedure
            assert (procedure.corrections, procedure.suspension, procedure.extension) == (None, None, None)

    def test_have_another_digest_once_they_do(self) -> None:
        allowed = varied(KARAGANDA, suspension={"role": "head", "assumed": True})
        assert allowed.digest != load_all()[KARAGANDA].digest
