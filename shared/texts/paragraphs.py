"""A paragraph of an act, `annex 1 §7.1` in the data, as it is written in each language."""

import re

from shared.texts.languages import Language

_ANNEX: dict[Language, str] = {"kk": "{}-қосымша, §{}", "ru": "приложение {}, §{}", "en": "annex {} §{}"}


def paragraph_text(paragraph: str, language: Language) -> str:
    """In words of the language; one that isn't of an annex is the same everywhere."""
    found = re.fullmatch(r"annex (\d+) §(.+)", paragraph)
    return _ANNEX[language].format(*found.groups()) if found else paragraph
