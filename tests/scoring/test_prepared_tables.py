"""The prepared tables come to the sheets that were worked out by hand beside them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.scoring.importing.check import check, organisations
from services.scoring.sheet.compute import score
from services.scoring.sheet.edition import edition_for
from services.scoring.sheet.facts import Facts

EXAMPLES = Path(__file__).parents[2] / "shared/regulations/evaluation-2022/examples"
TABLES = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".csv", ".xlsx"))


def worked(table: Path) -> Any:
    return yaml.safe_load(table.with_suffix(".yaml").read_text())


def test_there_is_one_for_each_part() -> None:
    assert {table.stem for table in TABLES} == {part.code for part in edition_for(2022).evaluation.parts}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
class TestAPreparedTable:
    def test_has_nothing_wrong(self, table: Path, tmp_path: Path) -> None:
        assert check(table, worked(table)["period"], tmp_path / "kept").problems == ()

    def test_comes_to_the_sheet_worked_by_hand(self, table: Path, tmp_path: Path) -> None:
        expected = worked(table)
        check(table, expected["period"], tmp_path / "kept")
        facts = Facts(period=expected["period"], organisations=tuple(organisations(tmp_path / "kept")))
        sheet = score(edition_for(facts.period), table.stem, facts)
        assert {row.number: {"outcome": row.outcome, "points": row.points} for row in sheet.rows} == expected["rows"]
        assert (sheet.total, sheet.max) == (expected["total"], expected["max"])
