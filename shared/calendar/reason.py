"""Why a due instant is what it is: codes with plain values, kept as they stood, told in three languages."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from babel import Locale as Territory
from babel.dates import format_date
from pydantic import BaseModel, ConfigDict

Locale = Literal["kk", "ru", "en"]
Code = Literal[
    "counted-from",
    "before-hours",
    "in-break",
    "after-hours",
    "on-day-off",
    "term-minutes",
    "term-hours",
    "term-working-days",
    "term-months",
    "working-time-only",
    "first-day-not-counted",
    "month-too-short",
    "weekend",
    "holiday",
    "holiday-moved",
    "day-off-transferred",
    "worked-instead",
    "corrected-day-off",
    "corrected-working-day",
    "paused",
    "extended",
    "due",
    "provider-hours",
    "provider-hours-stated",
    "calendar-confirmed",
    "calendar",
    "calendar-hours-stated",
    "provisional",
    "recomputed",
]
TERRITORIES = {"kk": "kk_KZ", "ru": "ru_KZ", "en": "en_GB"}


class Reason(BaseModel):
    """One reason. Values are text: instants in RFC 3339 UTC, days in ISO 8601, stretches of days as `first/last`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    params: dict[str, str] = {}

    def render(self, locale: Locale, zone: ZoneInfo) -> str:
        """The sentence, with instants in that zone's civil time. KeyError: a value is missing."""
        return _said(self.code, tuple(self.params.items()), locale, zone)


@lru_cache(20_000)
def _said(code: Code, params: tuple[tuple[str, str], ...], locale: Locale, zone: ZoneInfo) -> str:
    """A case tells the same reason at several places, and again in each of its states."""
    return _Sentence(locale, zone).format(texts()["sentences"][code][locale], **dict(params))


@lru_cache(10_000)
def day(value: date, locale: Locale) -> str:
    """A date as it is written in this language."""
    return format_date(value, "long", locale=TERRITORIES[locale])


@cache
def texts() -> dict[str, Any]:
    """The words of all reasons: sentences, units, holidays."""
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("reasons.yaml").read_text("utf-8"))
    return loaded


class _Sentence(Formatter):
    """Fills a sentence; what follows the colon in `{moment:instant}` says how the value is told."""

    def __init__(self, locale: Locale, zone: ZoneInfo) -> None:
        self.locale, self.zone = locale, zone
        self.territory = Territory.parse(TERRITORIES[locale])

    def format_field(self, value: str, format_spec: str) -> str:
        if format_spec in texts()["units"]:
            return self.counted(value, format_spec)
        tellers: dict[str, Callable[[str], str]] = {
            "": str,
            "instant": self.instant,
            "days": self.days,
            "hours": self.hours,
            "holiday": self.holiday,
        }
        return tellers[format_spec](value)

    def instant(self, value: str) -> str:
        local = datetime.fromisoformat(value).astimezone(self.zone)
        clock = "%H:%M:%S" if local.second else "%H:%M"
        return f"{day(local.date(), self.locale)}, {local:{clock}}"

    def days(self, value: str) -> str:
        first, _, last = value.partition("/")
        ends = [first] if last in ("", first) else [first, last]
        return " – ".join(day(date.fromisoformat(end), self.locale) for end in ends)

    def hours(self, value: str) -> str:
        return value.replace("/", "–")

    def holiday(self, value: str) -> str:
        name: str = texts()["holidays"][value][self.locale]
        return name

    def counted(self, value: str, unit: str) -> str:
        forms: dict[str, str] = texts()["units"][unit][self.locale]
        return forms.get(self.territory.plural_form(int(value)), forms["other"]).format(n=value)
