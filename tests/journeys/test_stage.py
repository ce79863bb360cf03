"""Those who act in a demonstration, where others are already."""

from datetime import timedelta

from reglament.demo.people import MEMBERS
from reglament.demo.stage import Stage
from shared.procedure.editions import load_all
from tests.journeys.conftest import PROCEDURE, WITHIN_ONE_SERVICE
from tests.journeys.town import Town, instant

EARLIER = instant("2018-11-01 09:00")
"""Before anybody else's seat in this town begins."""


@WITHIN_ONE_SERVICE
class TestWhenSomebodyHasFormedAnotherBodyForTheProcedure:
    async def test_the_demonstrations_people_sit_in_their_own(self, town: Town) -> None:
        published = load_all()[PROCEDURE]
        procedure = published.edition.procedure
        formed = {"kind": procedure.body.kind, "provider": procedure.provider.code}
        empty = await town.do(town.operator, "/api/commission/v1/bodies", formed)

        stage = await Stage(town.http, town.operator, published).set(EARLIER)

        body = await town.get(town.operator, f"/api/commission/v1/bodies/{stage.body}")
        assert stage.body != empty["id"]
        assert {held["account"] for held in body["seats"]} >= {stage.accounts[member] for member in MEMBERS}
        assert {held["since"] for held in body["seats"]} == {(EARLIER - timedelta(days=365)).date().isoformat()}

    async def test_they_find_it_again(self, town: Town) -> None:
        published = load_all()[PROCEDURE]
        first = await Stage(town.http, town.operator, published).set(EARLIER)
        again = await Stage(town.http, town.operator, published).set(EARLIER + timedelta(days=10))
        assert again.body == first.body
