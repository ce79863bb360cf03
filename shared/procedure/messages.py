"""What applicants and members of a body are told: sentences in three languages with values in braces.

The house has words for each kind of message; a procedure may have its own for some. A value is written as `{number}`, an
instant as `{due:instant}`; which values a message has is said with the house's words.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import yaml
from pydantic import TypeAdapter

from shared.procedure.basics import Code, Data, Names
from shared.texts.languages import LANGUAGES

HOUSE = Path(__file__).parents[1] / "regulations" / "messages.yaml"
ANYWHERE = "at:instant"
"""When it happened: every message may say it."""


class MessageText(Data):
    """The words of one message; `{at:instant}` in them says how a value is told."""

    title: Names
    text: Names


class HouseText(MessageText):
    """The words of the house. `values`: what may stand in braces, as it is written there."""

    values: tuple[str, ...] = ()


@cache
def house() -> dict[str, HouseText]:
    """By the message's code."""
    data = yaml.load(HOUSE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return TypeAdapter(dict[Code, HouseText]).validate_python(data)


def misspoken(code: str, said: MessageText) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with a procedure's words for a message: where in them, and how to mend it."""
    if code not in house():
        yield (), f"there is no message {code}; those there are: {', '.join(house())}"
        return
    known = [*house()[code].values, ANYWHERE]
    for part, names in (("title", said.title), ("text", said.text)):
        for language in LANGUAGES:
            if what := _wrong(getattr(names, language), known) or _unlike(names, language):
                yield (part, language), what


def values_in(sentence: str) -> list[str]:
    """The values that a sentence tells, as they are written in its braces. ValueError for braces that don't close."""
    fields = [(name, spec, kind) for _, name, spec, kind in Formatter().parse(sentence) if name is not None]
    return [f"{name}{f'!{kind}' if kind else ''}{f':{spec}' if spec else ''}" for name, spec, kind in fields]


def _wrong(sentence: str, known: list[str]) -> str | None:
    try:
        unknown = [value for value in values_in(sentence) if value not in known]
    except ValueError as error:
        return f"{error}: a value stands between two braces; write a brace itself as {{{{ or }}}}"
    written = ", ".join(f"{{{value}}}" for value in known)
    return f"{{{unknown[0]}}} isn't told here; write one of {written}" if unknown else None


def _unlike(names: Names, language: str) -> str | None:
    """Every reader is told the same; a sentence that can't be read says so itself."""
    try:
        official, here = set(values_in(names.kk)), set(values_in(getattr(names, language)))
    except ValueError:
        return None
    told = " ".join(f"{{{value}}}" for value in sorted(official ^ here))
    return f"{told} stands here or in kk, but not in both; tell the same in each language" if told else None
