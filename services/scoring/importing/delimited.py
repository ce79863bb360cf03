"""A table as text: whatever encoding and separator the spreadsheet program of the day saved it with."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from services.scoring.importing.cells import LONGEST, Cell
from services.scoring.importing.headings import NEAR_THE_TOP, recognised
from services.scoring.importing.refusals import BrokenTable, FormulaInCell, NoTable, UnknownEncoding
from services.scoring.importing.sheets import MOST_COLUMNS, Row, Sheet, Unreadable, row

SEPARATORS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
KAZAKH = "kz1048"
"""What Excel in Kazakh and Russian saves as CSV; all but letters of other languages are as in cp1251."""
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""How an .xls begins, and an XLSX under a password."""
LONGEST_LINE = MOST_COLUMNS * LONGEST
_CHUNK = 1 << 20


def sheets_of(file: Path) -> Iterator[Sheet]:
    """The one sheet that the text is. Raises NoTable, UnknownEncoding, BrokenTable."""
    encoding = _encoding(file)
    separator = max(SEPARATORS, key=lambda tried: _headings(file, encoding, tried))
    yield Sheet(None, _rows(file, encoding, separator), _lines(file))


def _encoding(file: Path) -> str:
    with file.open("rb") as opened:
        start = opened.read(4)
    if start == _OLD_WORKBOOK:
        raise NoTable
    marked = next((encoding for mark, encoding in MARKS.items() if start.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", KAZAKH]:
        if _decodes(file, encoding):
            return encoding
    raise UnknownEncoding


def _decodes(file: Path, encoding: str) -> bool:
    with file.open(encoding=encoding) as opened:
        try:
            while opened.read(_CHUNK):
                pass
        except UnicodeError:
            return False
    return True


def _headings(file: Path, encoding: str, separator: str) -> int:
    """How many headings are found with this separator."""
    try:
        first = list(islice(_rows(file, encoding, separator), NEAR_THE_TOP))
    except BrokenTable:
        return 0
    return max((len(recognised(row)) for row in first), default=0)


def _rows(file: Path, encoding: str, separator: str) -> Iterator[Row]:
    with file.open(encoding=encoding, newline="") as opened:
        try:
            for number, cells in enumerate(csv.reader(_bounded(opened), delimiter=separator), 1):
                yield row(number, [_value(cell) for cell in cells])
        except csv.Error as broken:
            raise BrokenTable from broken


def _bounded(opened: TextIO) -> Iterator[str]:
    """The lines of the text, none of which is held if it never ends. Raises BrokenTable."""
    while line := opened.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise BrokenTable
        yield line


def _value(cell: str) -> Cell | Unreadable:
    return Unreadable(FormulaInCell) if cell.startswith("=") else cell


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(_CHUNK), b""))
