"""Workbooks whose bytes depend on nothing but what is in them: no clock, no version of the day."""

import re
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_BOLD, _PLAIN = Font(bold=True), Font()
_WRITTEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")


def empty() -> Workbook:
    """A workbook without any sheet."""
    book = Workbook()
    del book[book.sheetnames[0]]
    return book


def saved(workbook: Workbook) -> bytes:
    """The workbook as XLSX, all its dates 1 January 1980; not compressed, since compressors differ from machine to machine."""
    drawn = BytesIO()
    workbook.save(drawn)
    stable = BytesIO()
    with ZipFile(drawn) as parts, ZipFile(stable, "w", ZIP_STORED) as kept:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "docProps/core.xml":
                content = _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", content)
            kept.writestr(ZipInfo(part.filename, _EPOCH), content)
    return stable.getvalue()


def put(sheet: Worksheet, row: int, values: Sequence[str | int], bold: bool = False) -> None:
    """A row of values from column A on, wrapped; text stays text, also when it begins like a formula."""
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column, value)
        cell.data_type = "s" if isinstance(value, str) else "n"
        cell.alignment = _WRAPPED
        cell.font = _BOLD if bold else _PLAIN


def widths(sheet: Worksheet, *characters: int) -> None:
    """How wide the columns from A on are, in characters."""
    for column, width in enumerate(characters, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
