"""A person is erased: refused while a case is open or has to be kept, and afterwards nothing tells who it was."""

from tests.journeys.filing import CABINET, INTAKE, NOTIFICATION, decided, registered
from tests.journeys.town import Town

NAME, REASONS = "Алия Серікқызы", "Топтамада бизнес-жоспардың сметасы жоқ."
KEPT_UNTIL = "2024-12-09 10:00"
"""More than five years (assumed) after the last day of these cases, Friday 6 December 2019."""


class TestWhenAPersonIsToBeErased:
    async def test_it_is_refused_while_a_case_is_open(self, town: Town) -> None:
        filing = await registered(town)
        path = f"{INTAKE}/persons/{filing.account}/erasure"
        problem = await town.refused(town.operator, path, code="cases-open", status=409)
        assert (await filing.shown())["number"] in problem["detail"]

    async def test_it_is_refused_while_a_retention_term_runs(self, town: Town) -> None:
        filing = await registered(town)
        await filing.refuse()
        assert (await filing.state())["status"]["code"] == "refused"
        path = f"{INTAKE}/persons/{filing.account}/erasure"
        await town.refused(town.operator, path, code="retention-runs", status=409)

    async def test_only_the_operator_does_it(self, town: Town) -> None:
        filing = await registered(town)
        path = f"{INTAKE}/persons/{filing.account}/erasure"
        await town.refused("head", path, code="wrong-role", status=403)


class TestWhenAPersonWasErased:
    async def test_every_store_still_loads_and_nothing_tells_who_it_was(self, town: Town) -> None:
        sitting = await decided(town, "against")
        await sitting.draw()
        await sitting.sign("member-1", "member-2")
        await sitting.approve()
        filing = await sitting.over[0].tell()
        assert (await filing.state())["applicant"]["name"] == NAME
        await town.at(KEPT_UNTIL)
        await town.do(town.operator, f"{INTAKE}/persons/{filing.account}/erasure")
        await town.settled(filing.account)
        shown = await filing.shown()
        given = (shown["applicant"]["name"], shown["applicant"]["number"], shown["applicant"]["phone"])
        assert (given, shown["state"]) == ((None, None, None), "refused")
        item = (await sitting.shown())["items"][0]
        assert (item["note"], item["reasons"], item["count"]["outcome"]) == (None, None, "refused")
        official = await town.get("head", f"{NOTIFICATION}/applications/{filing.id}")
        while official["applicant"]["name"]:
            official = await town.get("head", f"{NOTIFICATION}/applications/{filing.id}")
        assert (official["status"]["code"], official["result"]["reasons"]) == ("refused", None)
        for view in ("cabinet", "queue"):
            await town.do(town.operator, f"{NOTIFICATION}/views/{view}/rebuild")
        for text in (NAME, filing.number, "+77015550123", "aliya@example.kz"):
            assert text not in str(await town.get("head", f"{NOTIFICATION}/applications/{filing.id}"))
        mine = await town.get(filing.applicant, f"{CABINET}/applications/{filing.id}")
        assert mine["applicant"]["name"] is None

    async def test_who_files_again_is_a_new_person(self, town: Town) -> None:
        filing = await registered(town)
        await filing.refuse()
        await filing.state()
        await town.at(KEPT_UNTIL)
        await town.do(town.operator, f"{INTAKE}/persons/{filing.account}/erasure")
        again = await type(filing)(town, filing.number).register()
        assert again.account != filing.account
        assert (await again.shown())["applicant"]["name"] == NAME
