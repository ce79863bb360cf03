"""The protocol's text: generated from the facts of the sitting, one digest over its canonical JSON.

What was signed must come out the same for ever: a form that has been used is never changed; another one gets its own
number in `FORMS`, by which the fact of the drawing names it.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.commission.sitting.meeting import Meeting
from services.commission.sitting.state import Item
from shared.contracts.canonical import canonical
from shared.contracts.common import instant
from shared.contracts.personal import Personal


def text(meeting: Meeting, number: str, form: int) -> str:
    """Canonical JSON of what the protocol says; accounts stand for names."""
    return canonical(content(meeting, number, form))


def content(meeting: Meeting, number: str, form: int) -> dict[str, Any]:
    """What the protocol says, with the reasons for granting or not (000 §5.5)."""
    return FORMS[form](meeting, number)


def _first_form(meeting: Meeting, number: str) -> dict[str, Any]:
    roll = meeting.called
    return {
        "number": number,
        "sitting": str(meeting.sitting),
        "body": str(meeting.body),
        "starts_at": instant(meeting.starts_at),
        "place": meeting.place,
        "roll_called_at": instant(roll.at),
        "members": [str(m) for m in roll.composition.members],
        "present": [str(m) for m in roll.present],
        "presided_by": _account(meeting.presiding()),
        "secretary": _account(roll.composition.secretary),
        "decided": [_decision(meeting, item) for item in meeting.live],
        "taken_off": [str(i.application) for i in meeting.items.values() if i.off],
    }


def _decision(meeting: Meeting, item: Item) -> dict[str, Any]:
    voters = meeting.voters(item)
    return {
        "application": str(item.application),
        "discussed_at": instant(item.held_at) if item.held_at else None,
        "note": _said(item.note),
        "recused": {str(m): _said(reason) for m, reason in item.recused.items()},
        "votes": {str(m): choice.value for m, choice in item.votes.items() if m in voters},
        "count": item.count.model_dump(mode="json") if item.count else None,
        "presided_by": _account(meeting.presiding(item)),
        "reasons": _said(item.reasons),
        "decided_at": instant(item.decided_at) if item.decided_at else None,
    }


def _account(account: UUID | None) -> str | None:
    return str(account) if account else None


def _said(value: Personal | None) -> str | None:
    return value.text if value else None


def _second_form(meeting: Meeting, number: str) -> dict[str, Any]:
    """With each decision the conclusion of the expertise that lay before the body."""
    decided = [{**_decision(meeting, item), "conclusion": item.conclusion} for item in meeting.live]
    return {**_first_form(meeting, number), "decided": decided}


FORMS: dict[int, Callable[[Meeting, str], dict[str, Any]]] = {1: _first_form, 2: _second_form}
NEWEST = max(FORMS)
