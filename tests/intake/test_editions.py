"""Procedures as intake publishes them."""

from services.intake.main import publish_editions
from shared.procedure.editions import load_all
from tests.intake.counter import IDEAS, Counter

COUNT = "select count(*) from events where type = 'EditionPublished'"


class TestWhenEditionsArePublished:
    async def test_publishing_them_again_changes_nothing(self, counter: Counter) -> None:
        before = await counter.node.log.pool.fetchval(COUNT)
        await publish_editions(counter.node, load_all().values())
        assert await counter.node.log.pool.fetchval(COUNT) == before == len(load_all())

    async def test_anyone_reads_a_procedure_with_its_contradictions(self, counter: Counter) -> None:
        shown = (await counter.client.get(f"/api/intake/v1/procedures/{IDEAS}")).json()
        assert shown["edition"] == load_all()[IDEAS].digest
        assert shown["in_force"] is True
        assert "contract-start" in [c["code"] for c in shown["procedure"]["contradictions"]]

    async def test_the_list_says_what_is_in_force_on_a_day(self, counter: Counter) -> None:
        # In force from 10 August 2019.
        lines = (await counter.client.get("/api/intake/v1/procedures", params={"on": "2019-08-09"})).json()
        assert {line["in_force"] for line in lines if line["code"] == IDEAS} == {False}

    async def test_an_unknown_one_is_told(self, counter: Counter) -> None:
        assert (await counter.client.get("/api/intake/v1/procedures/karaganda-2019/none")).status_code == 404
