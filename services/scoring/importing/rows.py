"""One row of a table: the organisation that it speaks of, with the facts that it reports."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from services.scoring.importing import refusals
from services.scoring.importing.cells import READERS, typed
from services.scoring.importing.columns import Column, FactColumns, facts_of_a_row, the_format
from services.scoring.importing.headings import Found, address
from services.scoring.importing.sheets import MOST_COLUMNS, Row, Unreadable, is_blank
from services.scoring.sheet.facts import Fact, Organisation
from services.scoring.sheet.placed import misplaced
from shared.web.refusal import Refused

Made = TypeVar("Made")
_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
_ORGANISATION = TypeAdapter(Organisation)


class Wrong(NamedTuple):
    """What is wrong with a cell, or with the sheet as a whole: the code of a refusal, or of pydantic's errors, and what
    its text shows."""

    cell: str | None
    code: str
    params: Mapping[str, object]


class Read(NamedTuple):
    """What was made of a row; `organisation` is None when anything in it is wrong."""

    organisation: Organisation | None
    wrong: tuple[Wrong, ...]


def read(row: Row, found: Found, period: int) -> Read:
    """The organisation that a row describes with its facts of this period, or all that is wrong with the row."""
    reading = _Reading(row, found)
    described = reading.values(the_format().organisation)
    report = reading.values(the_format().report)
    facts = [reading.fact(of, report, period) for of in facts_of_a_row()]
    reading.look_for_strays()
    if reading.wrong:
        return Read(None, tuple(reading.wrong))
    described["facts"] = tuple(fact for fact in facts if fact)
    organisation = reading.made(_ORGANISATION, described, the_format().organisation)
    return Read(organisation, tuple(reading.wrong))


class _Reading:
    """A row being read: its filled cells by the column's code, and what is wrong with it, each cell once."""

    def __init__(self, row: Row, found: Found) -> None:
        self.row, self.found = row, found
        filled = ((place, cell) for place, cell in enumerate(row.cells) if not is_blank(cell))
        self.cells = {found.columns[place].code: cell for place, cell in filled if place in found.columns}
        self.wrong: list[Wrong] = []

    def values(self, columns: Sequence[Column]) -> dict[str, Any]:
        """What the filled cells of these columns say, by the column's code."""
        return {column.code: value[0] for column in columns if (value := self._value(column))}

    def fact(self, of: FactColumns, report: Mapping[str, Any], period: int) -> Fact | None:
        """The fact that these columns make; None where all of them are empty, or something is wrong."""
        if not any(column.code in self.cells for column in of.columns):
            return None
        known, said = len(self.wrong), self.values((*of.columns, of.source))
        source = said.get(of.source.code) or report.get("source")
        if self.cells.keys().isdisjoint({of.source.code, "source"}):
            self._refuse(of.columns[0], refusals.NoSource())
        if len(self.wrong) > known or not source or not {"date", "reporter"} <= report.keys():
            return None
        fact = {"date": report["date"], "reporter": report["reporter"], "source": source} | of.columns[0].makes
        fact |= {c.field: said.get(c.code) for c in of.columns if c.code in said or c.optional}
        if (year := of.columns[0].year) is not None:
            fact["year"] = period + year
        made = self.made(_FACT, fact, (*of.columns, of.source, *the_format().report))
        if made:
            self._look_at_days(of, made, period)
        return made

    def made(self, adapter: TypeAdapter[Made], said: Mapping[str, Any], of: Sequence[Column]) -> Made | None:
        """What was said in these columns, as a model; None where the model refuses it."""
        try:
            return adapter.validate_python(said)
        except ValidationError as refused:
            for error in refused.errors():
                self._place(error, of)
            return None

    def _look_at_days(self, of: FactColumns, fact: Fact, period: int) -> None:
        found = misplaced(fact, period)
        if found:
            late = found.why == "after-its-date"
            why = refusals.AfterItsDate(date=fact.date) if late else refusals.OutsidePeriod(period=period)
            self._refuse(next(column for column in of.columns if column.field == found.field), why)

    def look_for_strays(self) -> None:
        """Values in columns without a heading, which would be lost."""
        if self.row.wider:
            self._list(MOST_COLUMNS, refusals.TooManyColumns(columns=MOST_COLUMNS))
        for place, cell in enumerate(self.row.cells):
            if place not in self.found.columns and not is_blank(cell) and self._has_no_heading(place):
                self._list(place, refusals.CellWithoutHeading())

    def _value(self, column: Column) -> tuple[Any, ...]:
        """What the column's cell says; nothing when it is empty, or wrong."""
        cell = self.cells.get(column.code)
        try:
            if isinstance(cell, Unreadable):
                raise cell.refused
            if cell is not None:
                return (READERS[column.reads](typed(cell)),)
            if column.required:
                raise refusals.EmptyCell
        except Refused as refused:
            self._refuse(column, refused)
        return ()

    def _place(self, error: ErrorDetails, of: Sequence[Column]) -> None:
        """What a model refuses is wrong in the cell of the field; a field that isn't there, in a cell left empty."""
        column = next((c for c in of if {c.field or c.code, c.code} & set(error["loc"]) and c.code in self.cells), None)
        if column is None:
            self._refuse(next((c for c in of if c.code not in self.cells), of[0]), refusals.EmptyCell())
        else:
            shown = {name: str(value) for name, value in error.get("ctx", {}).items() if name != "error"}
            self.wrong.append(Wrong(self._address(column), error["type"], shown))

    def _has_no_heading(self, place: int) -> bool:
        titles = self.found.row.cells
        return place >= len(titles) or is_blank(titles[place])

    def _list(self, place: int, refused: Refused) -> None:
        self.wrong.append(Wrong(address(place, self.row), refused.code(), refused.params))

    def _refuse(self, column: Column, refused: Refused) -> None:
        wrong = Wrong(self._address(column), refused.code(), refused.params)
        if wrong not in self.wrong:
            self.wrong.append(wrong)

    def _address(self, column: Column) -> str:
        place = next((place for place, named in self.found.columns.items() if named.code == column.code), 0)
        return address(place, self.row)
