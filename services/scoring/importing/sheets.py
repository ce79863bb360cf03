"""The rows of a file, the same from a workbook and from text: a sheet, its rows of cells, and what is merged in it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from services.scoring.importing.cells import Cell
from services.scoring.importing.refusals import Unimportable

MOST_ROWS = 200_000
MOST_COLUMNS = 128
MOST_PROBLEMS = 10_000
LONGEST_NAME = 31
"""Characters of a sheet's name, as spreadsheet programs have it."""


class Unreadable(NamedTuple):
    """A cell that holds something else than a value."""

    refused: type[Unimportable]


class Row(NamedTuple):
    """A row by its number, from 1, with its cells from column A on, MOST_COLUMNS at most; `wider`: something stands beyond."""

    number: int
    cells: tuple[Cell | Unreadable, ...]
    wider: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.wider and all(is_blank(cell) for cell in self.cells)


class Sheet(NamedTuple):
    """A sheet; CSV has one without a name. `length`: about how many rows come. `merged`: ranges such as
    `B7:B9`, the first MOST_PROBLEMS."""

    name: str | None
    rows: Iterator[Row]
    length: int
    merged: tuple[str, ...] = ()


def row(number: int, cells: Sequence[Cell | Unreadable]) -> Row:
    """The row of these cells, however many."""
    beyond = cells[MOST_COLUMNS:]
    return Row(number, tuple(cells[:MOST_COLUMNS]), not all(is_blank(cell) for cell in beyond))


def is_blank(cell: Cell | Unreadable) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_archive(file: Path) -> bool:
    """Whether the file begins as a workbook (a zip archive) does."""
    with file.open("rb") as opened:
        return opened.read(4) == b"PK\x03\x04"
