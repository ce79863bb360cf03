"""A notice: the applicant is told how something ended."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from eventsourcing.domain import event

from shared.kernel.events import Aggregate, DomainEvent

Channel = Literal["cabinet", "paper"]
NOTICES = UUID("6f1f6f53-4d0a-5a58-9d55-3f0c41a6b0c5")


def notice_id(application: UUID, step: str, rests_on: tuple[UUID, ...]) -> UUID:
    """Derived from what is told, so that nobody is told the same twice."""
    return uuid5(NOTICES, "/".join([str(application), step, *sorted(map(str, rests_on))]))


class Notice(Aggregate):
    """What the applicant was told once, in one step of one application."""

    class Sent(Aggregate.Created):
        notice: UUID
        application: UUID
        step: str
        outcome: str
        template: str
        channel: Channel
        at: datetime

    @staticmethod
    def create_id(notice: UUID) -> str:
        return f"notice:{notice}"

    @event(Sent)
    def __init__(
        self, notice: UUID, application: UUID, step: str, outcome: str, template: str, channel: Channel, at: datetime
    ) -> None:
        self.notice, self.application, self.step = notice, application, step
        self.outcome, self.template, self.channel, self.at = outcome, template, channel, at


STORED: dict[str, type[DomainEvent]] = {"notice.sent": Notice.Sent}
