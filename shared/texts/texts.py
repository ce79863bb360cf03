"""Every text that the interface says, in Kazakh, Russian and English, read from the YAML files beside this module."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

import yaml
from babel.dates import format_date, format_datetime
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from shared.identity.roles import Role
from shared.texts.languages import Language

_FOLDER = Path(__file__).parent
_BABEL = {"kk": "kk_KZ", "ru": "ru_KZ", "en": "en_GB"}

Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Strict):
    """One text in the three languages."""

    kk: Sentence
    ru: Sentence
    en: Sentence

    def say(self, language: Language, params: Mapping[str, object]) -> str:
        """The text in one language with its placeholders filled; KeyError for a parameter that isn't given."""
        template: str = getattr(self, language)
        return template.format_map({name: shown(value, language) for name, value in params.items()})


class ProblemText(_Strict):
    """What a problem is called, what happened in this case, and what to do about it."""

    title: Text
    detail: Text | None = None
    fix: Text


class FieldText(_Strict):
    """What is wrong with a field and how to mend it, for the error types of pydantic that it lists."""

    types: tuple[str, ...]
    what: Text
    how: Text


class Told(NamedTuple):
    """A problem in the caller's language."""

    title: str
    detail: str | None
    fix: str


def problem_text(code: str, language: Language, params: Mapping[str, object]) -> Told:
    """The texts of a problem code; KeyError for an unknown code or a missing parameter (tests exclude both)."""
    text = problems()[code]
    detail = None if text.detail is None else text.detail.say(language, params)
    return Told(text.title.say(language, params), detail, text.fix.say(language, params))


def field_text(error_type: str, language: Language, params: Mapping[str, object]) -> tuple[str, str]:
    """(what, how) for a pydantic error type; one that has no text of its own is told in general words."""
    text = next((text for text in fields().values() if error_type in text.types), fields()["other"])
    return text.what.say(language, params), text.how.say(language, params)


def name_of(kind: str, code: str, language: Language) -> str:
    """What a code of a kind (`roles`, `number-warnings` …) is called; KeyError for an unknown one."""
    return names(kind)[code].say(language, {})


@cache
def problems() -> dict[str, ProblemText]:
    """All problem texts by code, of every area; ValueError when two areas define one code."""
    merged: dict[str, ProblemText] = {}
    for file in sorted((_FOLDER / "problems").glob("*.yaml")):
        area = TypeAdapter(dict[str, ProblemText]).validate_python(_read(file))
        if twice := merged.keys() & area.keys():
            raise ValueError(f"{file.name} defines again: {sorted(twice)}")
        merged |= area
    return merged


@cache
def fields() -> dict[str, FieldText]:
    """The texts for wrong fields, by a name of ours."""
    return TypeAdapter(dict[str, FieldText]).validate_python(_read(_FOLDER / "fields.yaml"))


@cache
def names(kind: str) -> dict[str, Text]:
    """The names of all codes of a kind, each kind a file of `names/`."""
    return TypeAdapter(dict[str, Text]).validate_python(_read(_FOLDER / "names" / f"{kind}.yaml"))


def _read(file: Path) -> object:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def shown(value: object, language: Language) -> str:
    """A parameter as a reader of this language expects it; an instant keeps the offset that it came with."""
    if isinstance(value, Role):
        return name_of("roles", value, language)
    if isinstance(value, datetime):
        return format_datetime(value, "d MMMM y, HH:mm:ss xxx", locale=_BABEL[language])
    if isinstance(value, date):
        return format_date(value, "long", locale=_BABEL[language])
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(shown(item, language) for item in value)
    return str(value)
