"""The delivery of one message by e-mail: every attempt is recorded before it is made.

A crash between an attempt and its outcome leaves an attempt without one: it is made again, with the same Message-ID, and
counted; after the last one it is given up. Instants are system time.
"""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.domain import event

from services.notification.mail.rules import Rules
from shared.kernel.events import Aggregate, DomainEvent

NO_OUTCOME = "no-outcome"
OUTCOMES = ("delivered", "failed", "given-up")


class Delivery(Aggregate):
    """One message, to an applicant about the application, or to a member about the sitting: that is its `subject`."""

    class Attempted(Aggregate.Created):
        class_version: ClassVar[int] = 2

        message: UUID
        subject: UUID
        member: UUID | None
        at: datetime

        @staticmethod
        def upcast_v1_v2(data: dict[str, Any]) -> None:
            """Only applicants were written to."""
            data |= {"subject": data.pop("application"), "member": None}

    class AttemptedAgain(Aggregate.Event):
        at: datetime

    class Failed(Aggregate.Event):
        reason: str
        at: datetime

    class Delivered(Aggregate.Event):
        at: datetime

    class GivenUp(Aggregate.Event):
        reason: str
        at: datetime

    @staticmethod
    def create_id(message: UUID) -> str:
        return f"delivery:{message}"

    @event(Attempted)
    def __init__(self, message: UUID, subject: UUID, member: UUID | None, at: datetime) -> None:
        self.message, self.subject, self.member = message, subject, member
        self.attempts, self.tried_at = 1, at
        self.over = False
        self.reason: str | None = None

    @property
    def outcome(self) -> str:
        """Of the last attempt; one whose outcome isn't known counts as failed."""
        return "failed" if not self.over else "given-up" if self.reason else "delivered"

    # -- rules

    def again_at(self, rules: Rules) -> datetime:
        return self.tried_at + rules.pause_after(self.attempts)

    def is_due(self, at: datetime, rules: Rules) -> bool:
        return not self.over and at >= self.again_at(rules)

    def attempt(self, at: datetime, rules: Rules) -> bool:
        """Begin another attempt when it is time for one; whether it was."""
        if not self.is_due(at, rules):
            return False
        if rules.was_last(self.attempts):
            self._given_up(NO_OUTCOME, at)
            return False
        self._attempted_again(at)
        return True

    def deliver(self, at: datetime) -> None:
        if not self.over:
            self._delivered(at)

    def fail(self, reason: str, at: datetime, rules: Rules, *, for_good: bool) -> None:
        """The attempt failed; given up when the server refused for good, or after the last one."""
        if self.over:
            return
        if for_good or rules.was_last(self.attempts):
            self._given_up(reason, at)
        else:
            self._failed(reason, at)

    # -- state

    @event(AttemptedAgain)
    def _attempted_again(self, at: datetime) -> None:
        self.attempts, self.tried_at = self.attempts + 1, at

    @event(Failed)
    def _failed(self, reason: str, at: datetime) -> None:
        self.reason = reason

    @event(Delivered)
    def _delivered(self, at: datetime) -> None:
        self.over, self.reason = True, None

    @event(GivenUp)
    def _given_up(self, reason: str, at: datetime) -> None:
        self.over, self.reason = True, reason


STORED: dict[str, type[DomainEvent]] = {
    "delivery.attempted": Delivery.Attempted,
    "delivery.attempted-again": Delivery.AttemptedAgain,
    "delivery.failed": Delivery.Failed,
    "delivery.delivered": Delivery.Delivered,
    "delivery.given-up": Delivery.GivenUp,
}
