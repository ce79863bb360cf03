"""A file of facts is checked as a whole before any of it is used: either every row is good, or what is wrong is listed."""

import gzip
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from openpyxl.utils.cell import range_boundaries

from services.scoring.importing import delimited, refusals, workbook
from services.scoring.importing.earlier import Earlier
from services.scoring.importing.headings import NEAR_THE_TOP, Found, explains, recognised, wrong
from services.scoring.importing.rows import Wrong, read
from services.scoring.importing.sheets import MOST_PROBLEMS, MOST_ROWS, Row, Sheet, is_archive
from services.scoring.importing.wanted import Wanted
from services.scoring.sheet.facts import Organisation
from shared.texts.languages import Language
from shared.texts.texts import field_text, problem_text, problems

STEP = 500
Progress = Callable[[int, int], None]
"""Told now and then how many rows are checked and about how many there are."""


class Problem(NamedTuple):
    """What is wrong, and where: no `sheet` in text (CSV), no `cell` when it is the file or sheet as a whole."""

    sheet: str | None
    cell: str | None
    code: str
    params: Mapping[str, object]

    def told(self, language: Language) -> dict[str, str | None]:
        """In the caller's language: sheet, cell, what is wrong, how to mend it, and the code."""
        if self.code in problems():
            said = problem_text(self.code, language, self.params)
            what, how = said.title, said.fix
        else:
            what, how = field_text(self.code, language, self.params)
        return {"sheet": self.sheet, "cell": self.cell, "what": what, "how": how, "code": self.code}


class Checked(NamedTuple):
    """How much a file has, and all that is wrong with it; nothing may be used unless `problems` is empty."""

    rows: int
    organisations: int
    facts: int
    problems: tuple[Problem, ...]


class WrongTable(Exception):
    """The file has rows that can't be imported; nothing of it was."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(f"{len(checked.problems)} problems")
        self.checked = checked


def silent(_done: int, _of: int) -> None:
    """No progress is told."""


def check(file: Path, period: int, into: Path, progress: Progress = silent, wanted: Wanted | None = None) -> Checked:
    """Check an XLSX or CSV file of facts of a reporting period (a year); never raises for anything in the file.

    Good rows are kept in the file `into`, for `organisations`; when anything is wrong it isn't left there. It is packed,
    since where temporary files lie may be memory.
    """
    checking = _Checking(period, progress, wanted)
    with warnings.catch_warnings(), gzip.open(into, "wt", 1, encoding="utf-8") as kept:
        warnings.simplefilter("ignore")  # openpyxl warns of what it doesn't need
        try:
            sheets = workbook.sheets_of(file) if is_archive(file) else delimited.sheets_of(file)
            for organisation in checking.good(sheets):
                kept.write(organisation.model_dump_json() + "\n")
        except refusals.Unimportable as refused:
            checking.problems.append(Problem(checking.sheet, None, refused.code(), refused.params))
    if checking.problems:
        into.unlink()
    return Checked(checking.rows, len(checking.earlier), checking.facts, tuple(checking.problems))


def organisations(kept: Path) -> Iterator[Organisation]:
    """What `check` kept, a row each in the file's order, one at a time; an organisation may come in several."""
    with gzip.open(kept, "rt", encoding="utf-8") as opened:
        for line in opened:
            yield Organisation.model_validate_json(line)


class _Checking:
    def __init__(self, period: int, progress: Progress, wanted: Wanted | None) -> None:
        self.period, self.progress, self.wanted = period, progress, wanted
        self.problems: list[Problem] = []
        self.sheet: str | None = None
        self.rows = self.facts = self.seen = self.expected = 0
        self.earlier = Earlier()

    def good(self, sheets: Iterator[Sheet]) -> Iterator[Organisation]:
        """The organisations of the good rows of all sheets, each of which has headings if it has anything."""
        headed = False
        for sheet in sheets:
            self.sheet, self.expected = sheet.name, self.seen + sheet.length
            found = self._headings(sheet)
            headed = headed or found is not None
            if found and found.is_complete:
                yield from self._rows(sheet, found)
        self.progress(self.seen, self.seen)
        if not self.problems and not self.rows:
            self.refuse(None, None, refusals.NothingToImport() if headed else refusals.NoHeadings())

    def refuse(self, sheet: str | None, cell: str | None, refused: refusals.Unimportable) -> None:
        """Raises TooManyProblems."""
        self._list(sheet, (Wrong(cell, refused.code(), refused.params),))

    def _headings(self, sheet: Sheet) -> Found | None:
        """Where they are; what stands in a sheet without any would be lost, unless it is the template's help."""
        anything = False
        for row in sheet.rows:
            self._count()
            if row.is_blank or explains(row):
                continue
            if row.number <= NEAR_THE_TOP and (columns := recognised(row)):
                found = Found(row, columns)
                for cell, refused in wrong(found):
                    self.refuse(sheet.name, cell, refused)
                for merged in sheet.merged:
                    if _reaches_below(merged, row) or len(sheet.merged) == MOST_PROBLEMS:  # the rest isn't known
                        self.refuse(sheet.name, merged, refusals.MergedCells())
                return found
            anything = True
            if row.number >= NEAR_THE_TOP:
                break
        if anything:
            self.refuse(sheet.name, None, refusals.NoHeadings())
        return None

    def _rows(self, sheet: Sheet, found: Found) -> Iterator[Organisation]:
        for row in sheet.rows:
            self._count()
            if row.is_blank:
                continue
            self.rows += 1
            organisation, bad = read(row, found, self.period)
            if organisation:
                bad = tuple(self.earlier.contradicts(organisation, sheet.name, found, row))
                bad += tuple(self.wanted.refuses(organisation, found, row)) if self.wanted else ()
                self.facts += len(organisation.facts)
            self._list(sheet.name, bad)
            if organisation and not self.problems:
                yield organisation

    def _list(self, sheet: str | None, bad: tuple[Wrong, ...]) -> None:
        self.problems += (Problem(sheet, *wrong_cell) for wrong_cell in bad)
        if len(self.problems) >= MOST_PROBLEMS:
            raise refusals.TooManyProblems(problems=len(self.problems))

    def _count(self) -> None:
        self.seen += 1
        if self.seen > MOST_ROWS:
            raise refusals.TooManyRows(rows=MOST_ROWS)
        if self.seen % STEP == 0:
            self.progress(self.seen, max(self.expected, self.seen))


def _reaches_below(merged: str, row: Row) -> bool:
    return (range_boundaries(merged)[3] or 0) > row.number
