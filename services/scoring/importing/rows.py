"""One row of a table: the organisation that it speaks of, with the facts that it reports."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from services.scoring.importing import refusals
from services.scoring.importing.cells import READERS
from services.scoring.importing.columns import Column, facts_of_a_row, the_format
from services.scoring.importing.headings import Found, address
from services.scoring.importing.sheets import Row, Unreadable, is_blank
from services.scoring.sheet.facts import Fact, Organisation
from shared.web.refusal import Refused

Made = TypeVar("Made")
_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
_ORGANISATION = TypeAdapter(Organisation)


class Wrong(NamedTuple):
    """What is wrong with a cell: the code of a refusal, or of pydantic's errors, and what its text shows."""

    cell: str
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
    facts = [reading.fact(columns, source, report, period) for columns, source in facts_of_a_row()]
    reading.look_for_strays()
    if reading.wrong:
        return Read(None, tuple(reading.wrong))
    described["facts"] = tuple(fact for fact in facts if fact)
    organisation = reading.made(_ORGANISATION, described, {c.code: c for c in the_format().organisation})
    return Read(organisation, tuple(reading.wrong))


class _Reading:
    """A row being read; collects what is wrong with it, each cell once."""

    def __init__(self, row: Row, found: Found) -> None:
        self.row, self.found = row, found
        self.places = {column.code: place for place, column in found.columns.items()}
        self.wrong: list[Wrong] = []

    def values(self, columns: Sequence[Column]) -> dict[str, Any]:
        """What the filled cells say, by the column's code."""
        said = ((column.code, self._value(column)) for column in columns)
        return {code: value[0] for code, value in said if value}

    def fact(self, columns: Sequence[Column], source: Column, report: Mapping[str, Any], period: int) -> Fact | None:
        """The fact that these columns make; None where all of them are empty, or something is wrong."""
        if all(self._is_blank(column) for column in columns):
            return None
        known = len(self.wrong)
        said = self.values(columns)
        stands = self.values((source,)).get(source.code) or report.get("source")
        if not stands and self._is_blank(source) and self._is_blank(the_format().common_source):
            self._refuse(columns[0], refusals.NoSource())
        if len(self.wrong) > known or not {"date", "reporter"} <= report.keys():
            return None
        fact = {"date": report["date"], "reporter": report["reporter"], "source": stands}
        fact |= columns[0].makes | _year_of(columns[0], period)
        fact |= {column.field: said.get(column.code) for column in columns if column.code in said or column.optional}
        named = {c.code: c for c in self.found.columns.values()} | {c.field: c for c in columns} | {"source": source}
        return self.made(_FACT, fact, named, columns)

    def made(
        self,
        adapter: TypeAdapter[Made],
        said: Mapping[str, Any],
        named: Mapping[str, Column],
        of: Sequence[Column] = (),
    ) -> Made | None:
        """What was said, as a model; None where the model refuses it."""
        try:
            return adapter.validate_python(said)
        except ValidationError as refused:
            for error in refused.errors():
                self._place(error, next((named[str(step)] for step in error["loc"] if step in named), None), of)
            return None

    def _place(self, error: ErrorDetails, column: Column | None, of: Sequence[Column]) -> None:
        """What a model refuses is wrong in the cell of the field; a field that isn't there, in the cell left empty."""
        if column is None or self._is_blank(column):
            self._refuse(next((c for c in of if self._is_blank(c)), of[0]), refusals.EmptyCell())
        else:
            shown = {name: str(value) for name, value in error.get("ctx", {}).items() if name != "error"}
            self.wrong.append(Wrong(self._address(column), error["type"], shown))

    def look_for_strays(self) -> None:
        """Values in columns without a heading, which would be lost."""
        for place, cell in enumerate(self.row.cells):
            if place not in self.found.columns and not is_blank(cell) and self._has_no_heading(place):
                stray = refusals.CellWithoutHeading()
                self.wrong.append(Wrong(address(place, self.row), stray.code(), stray.params))

    def _value(self, column: Column) -> tuple[Any, ...]:
        """What the column's cell says; nothing when it is empty, or wrong."""
        if self._is_blank(column):
            if column.required:
                self._refuse(column, refusals.EmptyCell())
            return ()
        cell = self._cell(column)
        try:
            if isinstance(cell, Unreadable):
                raise cell.refused
            return (READERS[column.reads](cell),)
        except Refused as refused:
            self._refuse(column, refused)
            return ()

    def _cell(self, column: Column) -> Any:
        place = self.places.get(column.code)
        return self.row.cells[place] if place is not None and place < len(self.row.cells) else None

    def _is_blank(self, column: Column) -> bool:
        return is_blank(self._cell(column))

    def _has_no_heading(self, place: int) -> bool:
        titles = self.found.row.cells
        return place >= len(titles) or is_blank(titles[place])

    def _refuse(self, column: Column, refused: Refused) -> None:
        wrong = Wrong(self._address(column), refused.code(), refused.params)
        if wrong not in self.wrong:
            self.wrong.append(wrong)

    def _address(self, column: Column) -> str:
        return address(self.places.get(column.code, 0), self.row)


def _year_of(column: Column, period: int) -> dict[str, int]:
    return {} if column.year is None else {"year": period + column.year}
