"""Tables of facts to import, made for one test each."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from services.scoring.importing.check import Checked, check, organisations
from services.scoring.sheet.facts import Organisation

Cells = Mapping[str, object]
BIN, OTHER, ZEROS = "990240002116", "990240002126", "000140000052"
"""Weights 1 to 11: 9+18+8+20+18+10+11 = 94, 94 mod 11 = 6; with 22 for 11, 105, again 6; 4+20+55 = 79, 79 mod 11 = 2."""


def row(**cells: object) -> dict[str, object]:
    """A good row that reports that the organisation is solvent; `cells` change or add, by the column's code with _ for -."""
    good = {
        "bin": BIN, "name": "«Үлгі» КМК", "kind": "state enterprise", "region": "61", "date": "2022-12-31",
        "reporter": "Chief accountant", "source": "document: No. 5", "solvent": "yes",
    }  # fmt: skip
    return good | {name.replace("_", "-"): value for name, value in cells.items()}


def grid(rows: Sequence[Cells]) -> list[list[object]]:
    """Headings, by code, and rows below them."""
    codes = list(dict.fromkeys(code for cells in rows for code in cells))
    return [list(codes), *([cells.get(code) for code in codes] for cells in rows)]


def text(path: Path, rows: Sequence[Cells], separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=separator).writerows(grid(rows))
    return path


def book(path: Path, rows: Sequence[Cells]) -> Workbook:
    """A workbook with these rows on its only sheet, «Facts»; the caller saves it to `path`."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Facts"
    for line in grid(rows):
        sheet.append(line)
    made.save(path)
    return made


class Import:
    """What came of importing a file as facts of 2022."""

    def __init__(self, file: Path) -> None:
        self.kept = file.with_suffix(".kept")
        self.checked: Checked = check(file, 2022, self.kept)

    @property
    def wrong(self) -> list[tuple[str | None, str]]:
        """(cell, code) of each problem."""
        return [(problem.cell, problem.code) for problem in self.checked.problems]

    @property
    def organisations(self) -> list[Organisation]:
        assert self.checked.problems == ()
        return list(organisations(self.kept))
