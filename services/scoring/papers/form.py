"""The sheet as a reader sees it: the order's form (annex 2) in one language, and beside it why each row came out so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import TypeAdapter

from services.scoring.sheet.result import Missing, Sheet, SheetRow
from services.scoring.sheet.scale import Line, Part
from shared.procedure.basics import Names
from shared.texts.languages import Language
from shared.texts.paragraphs import paragraph_text
from shared.texts.texts import shown

_WORDS = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True, slots=True)
class About:
    """Whose sheet it is. `drawn`: the legal day on which it was computed; `objections`: until when the body that was sent it
    may object; `behind`: organisations whose newest facts aren't counted yet; the others once it is approved."""

    body: Names
    drawn: date
    approved: date | None = None
    objections: date | None = None
    digest: str | None = None
    version: int | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the form: a heading (`scored` is None), or a scored row with its points."""

    number: str
    title: str
    scored: SheetRow | None
    points: str


@dataclass(frozen=True, slots=True)
class Lack:
    """A fact that the sheet waits for."""

    row: str
    organisation: str
    what: str
    whom: str


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that any of the papers shows, in one language. `notes`: what the sheet rests on, by name; `decided`: how
    many organisations decided a row that doesn't name all of them, by its number."""

    language: Language
    body: str
    period: str
    part: str
    drawn: date
    lines: tuple[FormLine, ...]
    total: str
    max: int
    missing: tuple[Lack, ...]
    notes: tuple[tuple[str, str], ...]
    decided: Mapping[str, int]

    def word(self, code: str, **params: object) -> str:
        return word(code, self.language, **params)

    def because(self, row: SheetRow) -> str:
        return str(getattr(row.because, self.language))

    def paragraph(self, row: SheetRow) -> str:
        return paragraph_text(row.paragraph, self.language)

    def organisations(self, row: SheetRow, most: int) -> str:
        """The BINs that decided a row, at most so many, and how many more there are."""
        named, more = row.organisations[:most], self.more(row, most)
        return ", ".join([*named, self.word("others", count=more)] if more else named)

    def more(self, row: SheetRow, most: int) -> int:
        """How many decided a row beside those that are named, at most so many."""
        named = len(row.organisations)
        return self.decided.get(row.number, named) - min(named, most)


def form_of(
    sheet: Sheet, part: Part, about: About, language: Language, decided: Mapping[str, int] = MappingProxyType({})
) -> Form:
    """The form of a sheet; `part` is the edition's, for its headings and titles; `decided`: how many organisations decided a
    row, where the sheet names the first alone."""
    rows = {row.number: row for row in sheet.rows}
    unknown = word("unknown", language)
    return Form(
        language=language,
        body=getattr(about.body, language),
        period=word("year", language, year=sheet.period),
        part=getattr(part.title, language),
        drawn=about.drawn,
        lines=tuple(_line(line, rows.get(line.number), language, unknown) for line in part.rows),
        total=unknown if sheet.total is None else str(sheet.total),
        max=sheet.max,
        missing=tuple(_lack(missing, language) for missing in sheet.missing),
        notes=tuple(_notes(sheet, about, language)),
        decided=decided,
    )


def word(code: str, language: Language, **params: object) -> str:
    """A word of words.yaml with its placeholders filled."""
    return str(getattr(_words()[code], language)).format(**params)


@cache
def _words() -> Mapping[str, Names]:
    return TypeAdapter(dict[str, Names]).validate_python(yaml.safe_load(_WORDS.read_text(encoding="utf-8")))


def _line(line: Line, row: SheetRow | None, language: Language, unknown: str) -> FormLine:
    points = "" if row is None else unknown if row.points is None else str(row.points)
    return FormLine(line.number, getattr(line.title, language), row, points)


def _lack(missing: Missing, language: Language) -> Lack:
    what, whom = getattr(missing.what, language), getattr(missing.whom, language)
    return Lack(missing.row, missing.organisation or "", what, whom)


def _notes(sheet: Sheet, about: About, language: Language) -> list[tuple[str, str]]:
    approved = shown(about.approved, language) if about.approved else word("draft", language)
    said = [
        ("drawn", shown(about.drawn, language)),
        ("approved", approved),
        ("objections", shown(about.objections, language) if about.objections else ""),
        ("behind", str(about.behind or "")),
        ("version", str(about.version or "")),
        ("digest", about.digest or ""),
        ("edition", sheet.edition),
    ]
    return [(word(code, language), value) for code, value in said if value]
