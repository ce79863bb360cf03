"""`reglament due`: questions from arguments or JSON lines, one answer a line."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.calendar.lines import BadQuestion, answer
from shared.calendar.reason import Locale

UNITS = {"m": "minutes", "h": "hours", "wd": "working_days", "mo": "months"}
Question = Mapping[str, Any] | str
"""What is asked, or, as text, what couldn't be read."""


def from_arguments(moment: str, term: str | None, zone: str) -> Iterator[Question]:
    found = re.fullmatch(r"([0-9]{1,9})(m|h|wd|mo)", term or "")
    if found is None:
        yield "the second argument is the term: a number with m, h, wd (working days) or mo (months), such as 3wd"
    else:
        yield {"zone": zone, "from": moment, "term": {UNITS[found[2]]: int(found[1])}}


def from_lines(lines: Iterable[str]) -> Iterator[Question]:
    for line in lines:
        if line.strip():
            yield _read(line)


def answer_or_error(number: int, question: Question, locale: Locale) -> dict[str, Any]:
    """`due` and `because`, or `error`, which says which line and how to mend it."""
    if isinstance(question, str):
        return {"error": f"line {number}: {question}"}
    try:
        return dict(answer(question, locale))
    except BadQuestion as bad:
        return {"error": f"line {number}: {bad}"}


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
