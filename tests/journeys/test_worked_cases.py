"""The cases worked by hand beside the procedure's data, played through the interface, come out as worked."""

import pytest

from reglament.demo.driver import Driver
from reglament.demo.play import differences, told
from reglament.demo.worked import cases_of, load
from tests.journeys.conftest import PROCEDURE
from tests.journeys.town import Town


class TestEveryWorkedCase:
    @pytest.mark.parametrize("name", sorted(cases_of(PROCEDURE)))
    async def test_comes_out_as_worked_by_hand(self, town: Town, name: str) -> None:
        published, worked = load(PROCEDURE, name)
        result = told(await Driver(town.stage, worked).play(), published, seconds=0)
        assert differences(result, published, worked) == []
        assert result["cabinet"]["status"] == worked.expect.outcome
