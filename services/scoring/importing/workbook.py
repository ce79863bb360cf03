"""The sheets of an XLSX workbook, read row by row; memory is bounded whatever the workbook says of its size."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from services.scoring.importing.archive import from_anywhere, survey, weigh
from services.scoring.importing.cells import Cell
from services.scoring.importing.refusals import ErrorInCell, FormulaInCell
from services.scoring.importing.sheets import LONGEST_NAME, Row, Sheet, Unreadable, row

_NO_VALUES = {"f": Unreadable(FormulaInCell), "e": Unreadable(ErrorInCell)}


def sheets_of(file: Path) -> Iterator[Sheet]:
    """Each visible sheet. Raises NoTable, UnsafeWorkbook, BrokenTable."""
    weigh(file)
    workbook = _opened(file)
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state == "visible":
                content = survey(file, sheet._worksheet_path)
                yield Sheet(sheet.title[:LONGEST_NAME], _rows(sheet), content.rows, content.merged)
    finally:
        workbook.close()


def _opened(file: Path) -> Any:
    """Formulas aren't replaced by what they last gave, so that they are seen."""
    with from_anywhere():
        return load_workbook(file, read_only=True, data_only=False, keep_links=False)


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its size is anybody's word
    rows = sheet.iter_rows()
    number = 0
    while (cells := _next(rows)) is not None:
        number += 1
        yield row(number, [_value(cell) for cell in cells])


def _next(rows: Iterator[Any]) -> Any:
    with from_anywhere():
        return next(rows, None)


def _value(cell: Any) -> Cell | Unreadable:
    value: Cell = cell.value
    return _NO_VALUES.get(cell.data_type, value)
