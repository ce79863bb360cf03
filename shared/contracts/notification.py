"""Public facts of notification: what the applicant was told, what was escalated, what was mailed."""

from typing import Literal
from uuid import UUID

from shared.contracts.common import CaseFact, Instant, PublicFact


class ApplicantNotified(CaseFact):
    """The applicant was told, by this template; what it says is rendered from the case's facts."""

    notice: UUID
    template: str
    channel: Literal["cabinet", "paper"]


class ActionEscalated(CaseFact):
    """An action is overdue and the head was told, once."""

    action: str
    escalated_step: str
    due: Instant
    to: str


class EscalationWithdrawn(CaseFact):
    """The escalation was mistaken: the action had been done in time and the record of it came late, or its term turned
    out to end later than had been known (`why` is term-moved)."""

    action: str
    escalated_step: str
    due: Instant
    why: Literal["done-in-time", "term-moved"] = "done-in-time"


class ActionDueSoon(CaseFact):
    """The term of an action that is still open ends soon; `to`: the role that is reminded."""

    action: str
    open_step: str
    due: Instant
    to: str


class NoticeDelivered(CaseFact):
    """The mail server took a message of the cabinet (the fact that it tells of); `attempts`: how often it was sent."""

    message: UUID
    attempts: int


class NoticeNotDelivered(CaseFact):
    """A message couldn't be mailed and isn't tried again; it stays in the cabinet. `reason`: a code."""

    message: UUID
    attempts: int
    reason: str


class ConvocationDelivered(PublicFact):
    """The mail server took a letter about a sitting to one of its members; the subject is the sitting. Such a letter
    convenes, moves, reminds, or takes the convocation back."""

    letter: UUID
    member: UUID
    attempts: int


class ConvocationNotDelivered(PublicFact):
    """A letter about a sitting couldn't be mailed to a member and isn't tried again; it stays among the member's messages.
    The subject is the sitting. `reason`: a code."""

    letter: UUID
    member: UUID
    attempts: int
    reason: str
