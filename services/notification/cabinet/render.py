"""A state document in the reader's language: names, reasons and messages become words, all else stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from string import Formatter
from typing import Any, cast
from zoneinfo import ZoneInfo

from services.notification.cabinet.words import statuses
from shared.calendar.reason import Reason, day
from shared.procedure.messages import MessageText, house
from shared.texts.languages import Language

NOTHING = "–"
"""Told in the place of a value that the facts don't give."""


class Renderer:
    """`zone`: the act's; the cabinet tells the civil time of those concerned."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language, self.zone = language, zone

    def render(self, value: Any) -> Any:
        if value is None or isinstance(value, str | bool):  # most of it
            return value
        match value:
            case {"kk": _, "ru": _, "en": _}:
                return value[self.language]
            case {"reason": code, "params": params}:
                return Reason(code=code, params=params).render(self.language, self.zone)
            case {"template": code, "params": params, **rest}:
                says = rest.pop("says", None)
                said = MessageText.model_validate(says) if says else house()[code]
                return {**rest, "template": code, **self._message(said, params)}
            case dict():
                return {key: self.render(inner) for key, inner in value.items()}
            case list():
                return [self.render(inner) for inner in value]
        return value

    def _message(self, said: MessageText, params: Mapping[str, Any]) -> dict[str, str]:
        values, sentence = {name: self.render(value) for name, value in params.items()}, _Sentence(self.language)
        return {
            "title": sentence.vformat(getattr(said.title, self.language), (), values),
            "text": sentence.vformat(getattr(said.text, self.language), (), values),
        }


class _Sentence(Formatter):
    """Fills a sentence; a value that isn't there any more is told as erased."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return kwargs.get(str(key), NOTHING)

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return cast("str", getattr(statuses()["erased"], self.language))
        return self.instant(value) if format_spec == "instant" and value != NOTHING else str(value)

    def instant(self, value: str) -> str:
        local = datetime.fromisoformat(value)
        return f"{day(local.date(), self.language)}, {local:%H:%M}"


def render(state: Mapping[str, Any], language: Language, now: datetime) -> dict[str, Any]:
    """The document as one reads it; overdue is told against legal time `now`."""
    told: dict[str, Any] = Renderer(language, ZoneInfo(state["zone"])).render(dict(state))
    for opened in told["open"]:
        passed = bool(opened["due"]) and datetime.fromisoformat(opened["due"]) < now
        opened["overdue"] = passed and not opened["once_in_time"]
    return told
