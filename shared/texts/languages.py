"""The three languages of the interface and how a request asks for one."""

from typing import Literal, get_args

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "kk"


def choose_locale(accept_language: str | None) -> Language:
    """The language that an Accept-Language header likes best of ours; Kazakh, the state language, if it names none."""
    wishes = [_wish(item) for item in (accept_language or "").split(",")]
    best: dict[Language, float] = {}
    for language in LANGUAGES:
        named = [quality for tag, quality in wishes if tag == language]
        if named and max(named) > 0:
            best[language] = max(named)
    order = [tag for tag, _ in wishes]
    return max(best, key=lambda language: (best[language], -order.index(language)), default=DEFAULT)


def _wish(item: str) -> tuple[str, float]:
    """`ru-KZ;q=0.8` is (`ru`, 0.8); a quality that is no number counts as none."""
    tag, *parameters = (part.strip().lower() for part in item.split(";"))
    quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
    try:
        weight = float(quality)
    except ValueError:
        weight = 0.0
    return tag.split("-")[0], weight if 0 <= weight <= 1 else 0.0
