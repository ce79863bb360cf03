"""A reaction or a view that fails holds back its one subject, says so over REST, and is mended by a retry."""

from collections.abc import Awaitable, Callable

import pytest

from reglament.demo.driver import Driver
from services.notification.cabinet import views
from services.notification.cabinet.document import Document, document
from shared.procedure.case import Case
from tests.faults.house import House, failing
from tests.support.waiting import eventually

NOTICES = "select count(*) from events where subject = $1 and type = 'ApplicantNotified' and origin is null"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The subjects whose facts notification can't react to, for a bug of ours: whichever comes late would tell of all."""
    return failing(monkeypatch, "ApplicationRegistered", "ApplicationAdmitted")


class TestWhenAReactionFailsForOneCase:
    async def test_it_is_parked_others_pass_and_a_retry_over_rest_mends_it(
        self, embedded: House, broken: set[str]
    ) -> None:
        unlucky = await embedded.do("register")
        broken.add(unlucky.application)
        await embedded.do("check", driver=unlucky)
        lucky = await embedded.do("register", "check")
        await eventually(notified(embedded, lucky.application))

        (parked,) = await embedded.held("notification")
        assert (parked["reader"], parked["subject"]) == ("notification-reactions", unlucky.application)
        assert parked["error"].startswith("ZeroDivisionError at house.py")
        assert not await notified(embedded, unlucky.application)()

        retry = f"/api/notification/v1/parked/notification-reactions/{unlucky.application}/retry"
        await embedded.operator.command(retry)  # not mended yet: it is parked again
        assert [p["subject"] for p in await embedded.held("notification")] == [unlucky.application]
        broken.clear()
        await embedded.operator.command(retry)
        assert await notified(embedded, unlucky.application)()
        assert await embedded.held("notification") == []


class TestWhenAViewCannotBeFoldedForOneCase:
    async def test_its_row_stays_as_it_was_others_pass_and_a_retry_over_rest_mends_it(
        self, embedded: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unlucky = await embedded.do("register")
        await eventually(open_in(unlucky, "check"))
        with monkeypatch.context() as bug:
            bug.setattr(views, "document", failing_for(unlucky.application))
            await embedded.do("check", driver=unlucky)
            lucky = await embedded.do("register", "check")
            await eventually(open_in(lucky, "convene"))
            (parked,) = await embedded.held("notification")
            assert (parked["reader"], parked["subject"]) == ("cabinet", unlucky.application)
            assert parked["error"].startswith("ZeroDivisionError at test_failing_readers.py")
            assert await open_in(unlucky, "check")()
        await embedded.operator.command(f"/api/notification/v1/parked/cabinet/{unlucky.application}/retry")
        assert await embedded.held("notification") == []
        await eventually(open_in(unlucky, "convene"))


def notified(house: House, application: str) -> Callable[[], Awaitable[bool]]:
    async def told() -> bool:
        return bool(await house.system.nodes["notification"].log.pool.fetchval(NOTICES, application))

    return told


def open_in(driver: Driver, step: str) -> Callable[[], Awaitable[bool]]:
    """Whether the applicant's cabinet shows this step alone as open."""

    async def shown() -> bool:
        return [s["step"] for s in (await driver.state(""))["open"]] == [step]

    return shown


def failing_for(application: str) -> Callable[[Case], Document]:
    def faulty(case: Case) -> Document:
        if case.subject == application:
            raise ZeroDivisionError
        return document(case)

    return faulty
