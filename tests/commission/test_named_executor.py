"""Who convenes where the head has named the executor: the named one, or who acts for them."""

from datetime import date
from uuid import UUID

from shared.contracts.intake import Absence, AbsencesRecorded, ExecutorAssigned
from shared.identity.roles import Grant, Role
from tests.commission.office import EXECUTOR, PROVIDER, STARTS_AT, Office

GULNAR = UUID(int=21)
"""Another executor of the provider."""


async def given_to(office: Office, executor: UUID) -> UUID:
    """An admitted application that the head has given to this executor."""
    application = await office.admitted()
    named = ExecutorAssigned(happened_at=office.clock.at, executor=executor)
    await office.say("intake", application, lambda _: named)
    office.grants[GULNAR] = (Grant(role=Role.EXECUTOR, provider=PROVIDER),)
    return application


async def away(office: Office, executor: UUID, deputy: UUID, until: date) -> None:
    absence = Absence(deputy=deputy, since=date(2019, 11, 25), until=until)
    told = AbsencesRecorded(happened_at=office.clock.at, provider=PROVIDER, absences=(absence,))
    await office._tell("intake", str(executor), told)


def agenda(office: Office, application: UUID) -> dict[str, object]:
    return {"body": office.body, "starts_at": STARTS_AT, "place": "room 3", "agenda": [application]}


class TestWhenTheHeadHasNamedAnExecutor:
    async def test_another_one_doesnt_convene_over_the_application(self, office: Office) -> None:
        application = await given_to(office, EXECUTOR)
        assert await office.refused(GULNAR, "/sittings", **agenda(office, application)) == "assigned-to-another"

    async def test_the_named_one_does(self, office: Office) -> None:
        application = await given_to(office, EXECUTOR)
        assert await office.convened(application)

    async def test_the_one_named_last_does(self, office: Office) -> None:
        application = await given_to(office, EXECUTOR)
        named = ExecutorAssigned(happened_at=office.clock.at, executor=GULNAR)
        await office.say("intake", application, lambda _: named)
        assert await office.refused(EXECUTOR, "/sittings", **agenda(office, application)) == "assigned-to-another"
        assert await office.do(GULNAR, "/sittings", **agenda(office, application))

    async def test_their_deputy_convenes_on_their_behalf(self, office: Office) -> None:
        application = await given_to(office, EXECUTOR)
        await away(office, EXECUTOR, GULNAR, until=date(2019, 12, 2))
        await office.do(GULNAR, "/sittings", **agenda(office, application))
        meta = await office.meta(application)
        assert (meta["account"], meta["on_behalf"]) == (str(GULNAR), str(EXECUTOR))

    async def test_who_was_a_deputy_does_so_no_more_from_the_first_day_back(self, office: Office) -> None:
        application = await given_to(office, EXECUTOR)
        # everything here happens on 26 November
        await away(office, EXECUTOR, GULNAR, until=date(2019, 11, 26))
        assert await office.refused(GULNAR, "/sittings", **agenda(office, application)) == "assigned-to-another"

    async def test_another_one_adds_their_own_to_the_sitting_but_takes_off_nobody_elses(self, office: Office) -> None:
        theirs, own = await given_to(office, EXECUTOR), await given_to(office, GULNAR)
        sitting = await office.convened(theirs)
        assert await office.refused(GULNAR, f"/sittings/{sitting}/cancellation", reason="-") == "assigned-to-another"
        await office.do(GULNAR, f"/sittings/{sitting}/items", application=own)
        removal = f"/sittings/{sitting}/items/{theirs}/removal"
        assert await office.refused(GULNAR, removal) == "assigned-to-another"
        await office.do(GULNAR, f"/sittings/{sitting}/cancellation", reason="no room")
