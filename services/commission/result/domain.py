"""The result of one application on paper: prepared from the protocol, signed, registered, issued, as its procedure says.

Which of these there are, in which order and by whom is the procedure's knowledge, asked of the case.
"""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event

from services.commission.result.papers import Terms
from services.commission.result.refusals import PapersChanged
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent

Channel = Literal["paper", "cabinet"]


class Result(Aggregate):
    """The papers of one application's result, by code (000 annex 2 §5.4-5.5, 001 annex 2 §5.5-5.7)."""

    class Prepared(Aggregate.Created):
        terms: Terms
        reasons: Personal
        digests: dict[str, str]
        at: datetime

    class PreparedAnew(Aggregate.Event):
        """The protocol was drawn anew: signatures and numbers fall."""

        terms: Terms
        reasons: Personal
        digests: dict[str, str]
        at: datetime

    class Signed(Aggregate.Event):
        by: UUID
        at: datetime

    class Registered(Aggregate.Event):
        numbers: dict[str, str]
        at: datetime

    class Issued(Aggregate.Event):
        channel: Channel
        at: datetime

    @staticmethod
    def create_id(terms: Terms) -> str:
        return result_of(terms.application)

    @event(Prepared)
    def __init__(self, terms: Terms, reasons: Personal, digests: dict[str, str], at: datetime) -> None:
        self.terms, self.reasons, self.digests = terms, reasons, digests
        self.signed_by: UUID | None = None
        self.numbers: dict[str, str] = {}
        self.channel: Channel | None = None

    # -- rules

    def prepare_anew(self, terms: Terms, reasons: Personal, digests: dict[str, str], at: datetime) -> None:
        self._prepared_anew(terms, reasons, digests, at)

    def sign(self, by: UUID, digests: dict[str, str], at: datetime) -> None:
        """Sign these very papers. Raises PapersChanged."""
        if digests != self.digests:
            raise PapersChanged(expected=[f"{paper} {digest}" for paper, digest in self.digests.items()])
        self._signed(by, at)

    def register(self, numbers: dict[str, str], at: datetime) -> None:
        self._registered(numbers, at)

    def issue(self, channel: Channel, at: datetime) -> None:
        self._issued(channel, at)

    # -- state

    @event(PreparedAnew)
    def _prepared_anew(self, terms: Terms, reasons: Personal, digests: dict[str, str], at: datetime) -> None:
        self.terms, self.reasons, self.digests = terms, reasons, digests
        self.signed_by, self.numbers, self.channel = None, {}, None

    @event(Signed)
    def _signed(self, by: UUID, at: datetime) -> None:
        self.signed_by = by

    @event(Registered)
    def _registered(self, numbers: dict[str, str], at: datetime) -> None:
        self.numbers = numbers

    @event(Issued)
    def _issued(self, channel: Channel, at: datetime) -> None:
        self.channel = channel


def result_of(application: UUID) -> str:
    """The stream of an application's result."""
    return f"result:{application}"


STORED: dict[str, type[DomainEvent]] = {
    "result.prepared": Result.Prepared,
    "result.prepared-anew": Result.PreparedAnew,
    "result.signed": Result.Signed,
    "result.registered": Result.Registered,
    "result.issued": Result.Issued,
}
