"""The format of the table, read from columns.yaml: which columns there are, what they are called, which facts they make."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from shared.procedure.basics import Code, Names
from shared.texts.languages import LANGUAGES, Language

_FILE = Path(__file__).with_name("columns.yaml")


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Data):
    """One column. `makes`: what is fixed of the fact that it belongs to; `field`: what it fills in there; `optional`: the
    fact may lack this field; `year`: 0 the reporting year, -1 the one before."""

    code: Code
    reads: str
    heading: Names
    hint: Names
    required: bool = False
    makes: dict[str, str] = {}
    field: str = ""
    year: int | None = None
    optional: bool = False


class Group(Data):
    """Columns whose facts have one source."""

    title: Names
    columns: tuple[Column, ...]


class Format(Data):
    """All of it: the words that stand for values, and the columns in the order of the template."""

    words: dict[str, dict[Language, tuple[str, ...]]]
    organisation: tuple[Column, ...]
    report: tuple[Column, ...]
    groups: tuple[Group, ...]

    @property
    def common_source(self) -> Column:
        """The column for the source of all facts of a row that have none of their own."""
        return next(column for column in self.report if column.reads == "source")

    def source_of(self, group: Group) -> Column:
        """The column for the source of a group's facts, called after the group."""
        common = self.common_source
        named = {language: f"{getattr(group.title, language)}: {_small(common, language)}" for language in LANGUAGES}
        code = f"{group.columns[0].code}-source"
        return common.model_copy(update={"code": code, "field": "source", "heading": Names(**named)})

    def first_words(self, code: str) -> Mapping[Language, str]:
        """The word for a value that the template shows, by language."""
        return {language: words[0] for language, words in self.words[code].items()}


class FactColumns(NamedTuple):
    """The columns that make one fact, and the one for its source."""

    columns: tuple[Column, ...]
    source: Column


@cache
def the_format() -> Format:
    """The format as columns.yaml has it."""
    return Format.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@cache
def columns() -> tuple[Column, ...]:
    """All columns in the order of the template."""
    form = the_format()
    grouped = (column for group in form.groups for column in (*group.columns, form.source_of(group)))
    return (*form.organisation, *form.report, *grouped)


@cache
def facts_of_a_row() -> tuple[FactColumns, ...]:
    """Every fact that a row can make."""
    facts: dict[tuple[Any, ...], FactColumns] = {}
    for group in the_format().groups:
        source = the_format().source_of(group)
        for column in group.columns:
            made = (*column.makes.items(), column.year)
            before = facts[made].columns if made in facts else ()
            facts[made] = FactColumns((*before, column), source)
    return tuple(facts.values())


@cache
def headings() -> Mapping[str, Column]:
    """Every way to write a heading, as `plain` gives it."""
    return {plain(name): c for c in columns() for name in (c.code, *c.heading.model_dump().values())}


@cache
def words(code: str) -> frozenset[str]:
    """Every way to write a word, as `plain` gives it."""
    return frozenset(plain(w) for w in (code, *(w for written in the_format().words[code].values() for w in written)))


def plain(text: str) -> str:
    """A heading or word for comparison: case, blanks and a mark at its end make no difference."""
    return " ".join(text.casefold().replace("ё", "е").split()).strip(" *:.")


def _small(column: Column, language: Language) -> str:
    heading: str = getattr(column.heading, language)
    return heading[:1].lower() + heading[1:]
