"""One question about a due instant, as a line of JSON holds it, and its answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.calendar.calendar import Calendar, calendar
from shared.calendar.due import due
from shared.calendar.reason import Locale
from shared.calendar.rules import InvalidCalendar
from shared.calendar.term import Term

KEYS = ("zone", "from", "term")
Providers = Callable[[str], Calendar]
"""The calendar of a provider by its code. Raises ValueError."""
EXAMPLE = '{"zone": "Asia/Almaty", "from": "2019-03-07T05:00Z", "term": {"working_days": 3}}'


class BadQuestion(ValueError):
    """The question can't be answered; the text says what is wrong, where, and how to mend it."""


def answer(question: Mapping[str, Any], providers: Providers, locale: Locale = "en") -> dict[str, Any]:
    """The due instant with the offset of the zone asked for, and the sentences that explain it."""
    asked = set(question) if isinstance(question, Mapping) else set()
    where = {"zone"} if "provider" in asked else set()
    if (asked | where) - {"provider"} != set(KEYS):
        raise BadQuestion(
            f"a question is an object with {', '.join(KEYS)} and nothing else, such as {EXAMPLE}; a provider may stand "
            "beside the zone or in its place"
        )
    days, moment, term = _calendar(question, providers), _moment(question["from"]), _term(question["term"])
    try:
        found = due(moment, term, days)
    except (ValueError, OverflowError) as error:
        raise BadQuestion(f"from: {error}") from None
    because = [reason.render(locale, days.zone) for reason in found.because]
    return {"due": found.at.astimezone(days.zone).isoformat(), "because": because}


def _calendar(question: Mapping[str, Any], providers: Providers) -> Calendar:
    key = "provider" if "provider" in question else "zone"
    try:
        found = providers(str(question["provider"])) if key == "provider" else calendar(str(question["zone"]))
    except InvalidCalendar as error:
        raise BadQuestion(f"the calendar can't be read, whatever is asked: {error}") from None
    except ValueError as error:
        raise BadQuestion(f"{key}: {error}") from None
    if question.get("zone", found.zone.key) != found.zone.key:
        raise BadQuestion(f"zone: the provider's is {found.zone.key}; leave the zone out, or state that one")
    return found


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
