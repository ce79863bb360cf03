"""One question about a due instant, as a line of JSON holds it, and its answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.calendar.calendar import Calendar, calendar
from shared.calendar.due import due
from shared.calendar.reason import Locale
from shared.calendar.term import Term

KEYS = ("zone", "from", "term")
EXAMPLE = '{"zone": "Asia/Almaty", "from": "2019-03-07T05:00Z", "term": {"working_days": 3}}'


class BadQuestion(ValueError):
    """The question can't be answered; the text says what is wrong, where, and how to mend it."""


def answer(question: Mapping[str, Any], locale: Locale = "en") -> dict[str, Any]:
    """The due instant with the offset of the zone asked for, and the sentences that explain it."""
    if not isinstance(question, Mapping) or set(question) != set(KEYS):
        raise BadQuestion(f"a question is an object with {', '.join(KEYS)} and nothing else, such as {EXAMPLE}")
    days, moment, term = _calendar(question["zone"]), _moment(question["from"]), _term(question["term"])
    try:
        found = due(moment, term, days)
    except (ValueError, OverflowError) as error:
        raise BadQuestion(f"from: {error}") from None
    because = [reason.render(locale, days.zone) for reason in found.because]
    return {"due": found.at.astimezone(days.zone).isoformat(), "because": because}


def _calendar(zone: Any) -> Calendar:
    try:
        return calendar(str(zone))
    except ValueError as error:
        raise BadQuestion(f"zone: {error}") from None


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadQuestion(f"from: {value!r} is no ISO 8601 instant; write it as 2019-03-07T05:00Z") from None
    if moment.tzinfo is None:
        raise BadQuestion(f"from: {value!r} has no offset; add Z for UTC or an offset such as +06:00")
    return moment


def _term(value: Any) -> Term:
    try:
        return Term.model_validate(value)
    except ValidationError as error:
        wrong = "; ".join(": ".join([".".join(map(str, ("term", *e["loc"]))), e["msg"]]) for e in error.errors())
        raise BadQuestion(f'{wrong}; write for example {{"working_days": 3}}') from None
