"""A term that the text gives for one outcome only."""

from typing import cast
from uuid import UUID

from shared.contracts.intake import ApplicationRegistered
from shared.procedure.case import Case
from shared.procedure.editions import load_all
from tests.procedure.invented import Told


def assigned() -> Case:
    """Shymkent, registered and assigned: the check is next, of which only a refusal is timed."""
    told = Told()
    registered = told.step("intake", "register")
    told.step("intake", "assign", rests_on=[registered])
    published = load_all()["shymkent-2019/innovation-projects"]
    registration = cast("ApplicationRegistered", None)  # a deadline asks nothing of it
    return Case("intake", str(UUID(int=1)), told.facts, registration, published)


class TestWhenOnlyTheRefusalIsTimed:
    def test_there_is_no_deadline_before_it_has_come(self) -> None:
        case = assigned()
        opened = case.progress.opened("check")
        assert opened
        assert case.deadline(opened) is None

    def test_the_refusal_has_one(self) -> None:
        case = assigned()
        # assigned on Monday 7 January 2030, a holiday, which counts as the next working day, Tuesday the 8th; two working
        # days after it: Wednesday the 9th, Thursday the 10th
        at = case.completes("check", outcome="refused", at=case.facts[UUID(int=2)].at).due
        assert at
        assert case.local(at).startswith("2030-01-10")

    def test_the_admission_has_none(self) -> None:
        case = assigned()
        assert case.completes("check", outcome="admitted", at=case.facts[UUID(int=2)].at).due is None
