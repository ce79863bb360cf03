"""Procedures and calendars as intake publishes them."""

import json
from pathlib import Path

import pytest

from services.intake.main import publish_calendars, publish_editions
from shared.calendar import rules
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


class TestWhenCalendarsArePublished:
    async def published(self, counter: Counter) -> list[dict[str, object]]:
        await publish_calendars(counter.node)
        rows = await counter.node.log.stream("intake:kz-2015")
        return [json.loads(row.data) for row in rows]

    async def test_the_log_says_by_which_data_terms_are_counted(self, counter: Counter) -> None:
        [said] = await self.published(counter)
        assert (said["release"], said["replaces"], said["corrected"]) == ("kz-2015.1+holidays.0.108", None, {})
        assert await self.published(counter) == [said]

    async def test_a_year_confirmed_later_is_said_with_what_confirms_it(
        self, counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        await self.published(counter)
        overlay = tmp_path / "calendar.yaml"
        overlay.write_text(
            "kz-2015: {revision: 2, confirmed: {2025: {until: 2025-12-31, source: no. 1}},"
            " corrections: [{day: 2025-01-03, working: false, source: no. 2}]}"
        )
        changed = rules.overlaid(rules.all_rules(), overlay)
        for module in ("services.intake.edition.calendars", "shared.calendar.calendar"):
            monkeypatch.setattr(f"{module}.rules", changed.__getitem__)
        _, said = await self.published(counter)
        assert (said["release"], said["replaces"]) == ("kz-2015.2+holidays.0.108", "kz-2015.1+holidays.0.108")
        assert (said["confirmed"], said["corrected"]) == ({"2025": "no. 1"}, {"2025-01-03": "no. 2"})
