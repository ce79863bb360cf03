"""What a worked case says: who does what when, and what must come of it."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from shared.procedure.basics import Data
from shared.procedure.format import Names
from shared.procedure.kinds import KINDS

CHOSEN = {"withdraw": "withdrawn", "decline": "declined", "close": "closed"}
"""What an applicant or the provider may choose to do besides the steps, and how the case ends by it."""
ASKED = ("ask-for-corrections", "correct-package")
"""Corrections asked of the applicant, and the answer."""
OVERDUE = "overdue"
"""Nobody does anything: what is overdue by then has been escalated."""
ENTERED_LATER = ("check", "draw-protocol", "approve-protocol")


def _known(do: str) -> str:
    known = (*KINDS, *CHOSEN, *ASKED, OVERDUE)
    if do not in known:
        raise ValueError(f"nothing is called {do}; known: {', '.join(known)}")
    return do


def _local(at: str) -> str:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError('write day and hour as "2019-11-25 10:00"') from None
    if moment.tzinfo:
        raise ValueError("write the local time of the act's zone, without an offset")
    return at


Local = Annotated[str, AfterValidator(_local)]
"""Day and hour in the act's zone, in quotes."""


class Act(Data):
    """One thing that somebody does. `do`: the kind of a step, or withdraw, decline, close, ask-for-corrections,
    correct-package; `overdue` waits until what is overdue has been escalated. `stated`: when it happened, where it was
    entered only later. Instants are in the act's zone."""

    do: Annotated[str, AfterValidator(_known)]
    at: Local
    stated: Local | None = None
    receipt: Local | None = None
    outcome: Literal["admitted", "refused"] | None = None
    ground: str | None = None
    sitting: Local | None = None
    absent: int = 0
    in_favour: int = 0
    against: int = 0
    party: str | None = None


class ExpectedAction(Data):
    code: str
    started_at: Local
    due_at: Local
    completed_at: Local


class Escalation(Data):
    """An action that was told to the head as overdue, or such a telling withdrawn."""

    event: Literal["ActionEscalated", "EscalationWithdrawn"]
    action: str
    due_at: Local


class Expected(Data):
    """`escalations`: in their order; left out where nobody waited for them."""

    outcome: str
    actions: tuple[ExpectedAction, ...]
    escalations: tuple[Escalation, ...] = ()


class Worked(Data):
    """One worked case of a procedure."""

    title: Names
    channel: Literal["paper", "portal"]
    acts: tuple[Act, ...] = Field(min_length=1)
    expect: Expected


def instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
