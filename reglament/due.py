"""`reglament due`: questions from arguments or JSON lines, one answer a line."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from shared.calendar.calendar import Calendar
from shared.calendar.lines import BadQuestion, answer
from shared.calendar.reason import Locale

UNITS = {"m": "minutes", "h": "hours", "wd": "working_days", "mo": "months"}
Question = Mapping[str, Any] | str
"""What is asked, or, as text, what couldn't be read."""


def from_arguments(moment: str, term: str | None, zone: str | None, provider: str | None) -> Iterator[Question]:
    found = re.fullmatch(r"([0-9]{1,9})(m|h|wd|mo)", term or "")
    if found is None:
        yield "the second argument is the term: a number with m, h, wd (working days) or mo (months), such as 3wd"
    else:
        where = {"provider": provider} if provider else {"zone": "Asia/Almaty"}
        stated = {"zone": zone} if zone else {}
        yield {**where, **stated, "from": moment, "term": {UNITS[found[2]]: int(found[1])}}


def from_lines(lines: Iterable[str]) -> Iterator[Question]:
    for line in lines:
        if line.strip():
            yield _read(line)


def answer_or_error(number: int, question: Question, locale: Locale) -> dict[str, Any]:
    """`due` and `because`, or `error`, which says which line and how to mend it."""
    if isinstance(question, str):
        return {"error": f"line {number}: {question}"}
    try:
        return dict(answer(question, _calendar_of, locale))
    except BadQuestion as bad:
        return {"error": f"line {number}: {bad}"}


def _calendar_of(provider: str) -> Calendar:
    """By the acts at hand. ValueError: none names that provider, or two count otherwise for it."""
    found = _calendars()
    if provider not in found:
        raise ValueError(f"no procedure has the provider {provider!r}; known: {', '.join(sorted(found))}")
    if len(found[provider]) > 1:
        raise ValueError(f"acts count otherwise for the provider {provider!r}; make their working_time agree")
    return found[provider][0]


@cache
def _calendars() -> dict[str, list[Calendar]]:
    """The different calendars of each provider. The acts are read only where a question names a provider."""
    from shared.procedure.editions import InvalidRegulation, load_all

    found: dict[str, list[Calendar]] = {}
    try:
        editions = [published.edition for published in load_all().values()]
    except InvalidRegulation as invalid:
        raise ValueError(str(invalid)) from None
    for edition in editions:
        days, of_provider = edition.days, found.setdefault(edition.procedure.provider.code, [])
        of_provider += [days] if days not in of_provider else []
    return found


def shown(told: Mapping[str, Any], as_json: bool) -> str:
    if as_json:
        return json.dumps(told, ensure_ascii=False)
    if "error" in told:
        return str(told["error"])
    return "\n".join([str(told["due"]), *(f"  {reason}" for reason in told["because"])])


def _read(line: str) -> Question:
    try:
        question = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"this isn't JSON ({error}); write an object with zone, from and term"
    return question if isinstance(question, dict) else "write a JSON object with zone, from and term"
