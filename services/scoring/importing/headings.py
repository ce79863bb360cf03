"""The row of headings: where it is, and which column stands where."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from services.scoring.importing import refusals
from services.scoring.importing.columns import Column, columns, headings, plain, the_format
from services.scoring.importing.sheets import MOST_COLUMNS, Row, is_blank

NEAR_THE_TOP = 20
"""In which first rows the headings are looked for; above them may be a title."""


class Found(NamedTuple):
    """The headings of a sheet: the row that they stand in, and the column by its place from 0."""

    row: Row
    columns: Mapping[int, Column]

    @property
    def is_complete(self) -> bool:
        """Whether every column is there that each row needs."""
        return not missing(self)

    def place_of(self, code: str) -> int:
        """Where a column stands that each row needs."""
        return next(place for place, column in self.columns.items() if column.code == code)


def recognised(row: Row) -> dict[int, Column]:
    """The columns that a row's cells name, if it has the BIN, by which every row is known; else nothing."""
    known = headings()
    found = {
        place: known[plain(cell)]
        for place, cell in enumerate(row.cells)
        if isinstance(cell, str) and plain(cell) in known
    }
    return found if the_format().organisation[0] in found.values() else {}


def explains(row: Row) -> bool:
    """Whether a row is one of the template's help, which begins with a heading in quotation marks. What it says of the
    column changes with the years, and what people have filled in goes on being taken."""
    first = row.cells[0] if row.cells else None
    return isinstance(first, str) and first == quoted(first[1:-1]) and plain(first[1:-1]) in headings()


def quoted(heading: str) -> str:
    """A heading that isn't one: nobody's import takes what stands below it for a table."""
    return f"«{heading}»"


def wrong(found: Found) -> Iterator[tuple[str, refusals.Unimportable]]:
    """What is wrong with headings, each with its cell."""
    row = found.row
    for place, cell in enumerate(row.cells):
        if not is_blank(cell) and place not in found.columns:
            yield address(place, row), refusals.UnknownHeading()
    if row.wider:
        yield address(MOST_COLUMNS, row), refusals.TooManyColumns(columns=MOST_COLUMNS)
    first: dict[str, int] = {}
    for place, column in found.columns.items():
        if (other := first.setdefault(column.code, place)) != place:
            yield address(place, row), refusals.RepeatedHeading(other=address(other, row))
    if lacks := missing(found):
        named = "; ".join(" / ".join(column.heading.model_dump().values()) for column in lacks)
        yield address(0, row), refusals.MissingColumns(columns=named)


def missing(found: Found) -> list[Column]:
    """The columns that each row needs and that aren't there."""
    return [column for column in columns() if column.required and column not in found.columns.values()]


def address(place: int, row: Row) -> str:
    """`B7` for the second cell of row 7."""
    return f"{get_column_letter(place + 1)}{row.number}"
