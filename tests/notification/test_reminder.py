"""Before a long term ends whoever is to act is reminded: seven days before, of terms of twenty working days and more."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from services.notification.deadline.remind import remind_at, to_remind
from shared.contracts.intake import ApplicationRegistered
from shared.contracts.notification import ActionDueSoon
from shared.procedure.case import Case
from shared.procedure.editions import load_all
from shared.procedure.facts import Fact
from tests.procedure.invented import Told

WEEK = timedelta(days=7)


def sent(*more: ActionDueSoon) -> Case:
    """Shymkent, innovation projects: the materials are with the institute, whose term is 60 working days (§5.5)."""
    told = Told()
    before: list[Fact] = []
    for step, outcome in (("register", "done"), ("assign", "done"), ("check", "admitted"), ("send", "done")):
        before = [told.step("intake", step, outcome, before)]
    facts = [*told.facts, *(Fact(UUID(int=90), "notification", 1, fact.name(), fact) for fact in more)]
    published = load_all()["shymkent-2019/innovation-projects"]
    registration = cast("ApplicationRegistered", None)  # a deadline asks nothing of it
    return Case("notification", str(UUID(int=1)), facts, registration, published)


def due(case: Case) -> datetime:
    [opened] = case.progress.open
    limit = case.deadline(opened)
    assert limit
    return limit.at


class TestWhenTheExpertiseIsOpen:
    def test_nobody_is_reminded_earlier_than_a_week_before(self) -> None:
        case = sent()
        assert list(to_remind(case, due(case) - WEEK - timedelta(seconds=1))) == []

    def test_from_then_on_the_experts_are(self) -> None:
        case = sent()
        [fact] = to_remind(case, due(case) - WEEK)
        assert (fact.action, fact.open_step, fact.to, fact.due) == (
            "expertise",
            "examine",
            "institute-expert",
            due(case),
        )

    def test_once(self) -> None:
        case = sent()
        case = sent(*to_remind(case, due(case) - WEEK))
        assert list(to_remind(case, due(case) - timedelta(days=1))) == []

    def test_what_is_overdue_is_escalated_and_not_announced(self) -> None:
        case = sent()
        assert list(to_remind(case, due(case) + timedelta(seconds=1))) == []


class TestWhenTheTermIsShort:
    def test_nobody_is_reminded(self) -> None:
        told = Told()
        told.step("intake", "register")
        published = load_all()["karaganda-2019/new-business-ideas"]
        case = Case("notification", str(UUID(int=1)), told.facts, cast("ApplicationRegistered", None), published)
        [opened] = case.progress.open
        assert remind_at(case, opened) is None
