"""The protocol of a sitting: drawn from what happened, signed by the members, approved last by whoever presided."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event

from services.commission.sitting.meeting import Meeting
from services.commission.sitting.protocol import NEWEST, text
from services.commission.sitting.refusals import (
    BodyWithoutChair,
    ItemsUndecided,
    NoProtocol,
    NothingDecided,
    NotPresiding,
    NotSigner,
    ProtocolFinal,
    ProtocolTextChanged,
    SignaturesMissing,
    SignedAlready,
    SittingOver,
)
from services.commission.sitting.state import Answer, Protocol, Roll
from shared.contracts.canonical import digest_of
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate

Corrected = Literal["roll-call", "note", "vote", "reasons"]


class Signing(Meeting):
    """What becomes of the protocol (000 §5.5, §5.6)."""

    class ProtocolDrawn(Aggregate.Event):
        number: str
        digest: str
        signers: tuple[UUID, ...]
        approver: UUID | None
        at: datetime
        form: int = 1

    class ProtocolReopened(Aggregate.Event):
        """All signatures have fallen."""

        corrected: Corrected
        reason: str
        at: datetime

    class ProtocolSigned(Aggregate.Event):
        member: UUID
        digest: str
        dissent: Personal | None
        at: datetime

    class ProtocolNotSigned(Aggregate.Event):
        member: UUID
        reason: Personal
        at: datetime

    class ProtocolApproved(Aggregate.Event):
        by: UUID
        at: datetime

    # -- rules

    def draw_protocol(self, number: str, at: datetime) -> None:
        """Fix the protocol's text when every item is decided or off the agenda. Drawn already: nothing changes."""
        self._must_have_sat()
        if undecided := [i.application for i in self.live if not i.count]:
            raise ItemsUndecided(applications=undecided)
        if not self.live:
            raise NothingDecided
        if self.protocol is None:
            said = text(self, number, NEWEST)
            self._protocol_drawn(number, digest_of(said), self._signers(), self._approver(), at, NEWEST)

    def sign(self, member: UUID, digest: str, at: datetime, dissent: Personal | None = None) -> None:
        """The member signs this very text, perhaps with a dissenting opinion beside the signature."""
        protocol = self._open_to(member)
        self._must_be_its_text(digest)
        answer = protocol.answers.get(member)
        if answer and answer.signed:
            return
        if protocol.approved:
            raise ProtocolFinal
        self._protocol_signed(member, digest, dissent, at)

    def record_not_signed(self, member: UUID, reason: Personal, at: datetime) -> None:
        """The secretary records that the member refuses or isn't able to sign, and why."""
        protocol = self._open_to(member)
        answer = protocol.answers.get(member)
        if answer and answer.signed:
            raise SignedAlready
        if answer is None:
            self._protocol_not_signed(member, reason, at)

    def approve(self, by: UUID, digest: str, at: datetime) -> None:
        """Whoever presided approves, when every signer has answered."""
        protocol = self.drawn
        if by != protocol.approver:
            raise NotPresiding
        self._must_be_its_text(digest)
        if protocol.unanswered:
            raise SignaturesMissing(members=protocol.unanswered)
        if not protocol.approved:
            self._protocol_approved(by, at)

    # -- reading

    @property
    def drawn(self) -> Protocol:
        """Raises NoProtocol."""
        if self.protocol is None:
            raise NoProtocol
        return self.protocol

    # -- inside

    def _must_have_sat(self) -> Roll:
        if self.over:
            raise SittingOver
        return self.called

    def _signers(self) -> tuple[UUID, ...]:
        """All members of that day or those present, as the data say, and the secretary where the data say so;
        whoever approves isn't one of them."""
        roll, approver = self.called, self._approver()
        members = roll.composition.members if self.terms.signers == "all" else roll.present
        secretary = roll.composition.secretary if self.terms.secretary_signs else None
        return tuple(m for m in dict.fromkeys((*members, secretary)) if m and m != approver)

    def _approver(self) -> UUID | None:
        """Whoever presided; when neither chair nor deputy was there, the chair. None where nobody approves."""
        if not self.terms.approved:
            return None
        approver = self.presiding() or self.called.composition.chair
        if approver is None:
            raise BodyWithoutChair
        return approver

    def _open_to(self, member: UUID) -> Protocol:
        protocol = self.drawn
        if member not in protocol.signers:
            raise NotSigner
        return protocol

    def _must_be_its_text(self, digest: str) -> None:
        if digest != self.drawn.digest:
            raise ProtocolTextChanged(expected=self.drawn.digest)

    # -- state

    @event(ProtocolDrawn)
    def _protocol_drawn(
        self, number: str, digest: str, signers: tuple[UUID, ...], approver: UUID | None, at: datetime, form: int
    ) -> None:
        self.protocol = Protocol(number, digest, signers, approver, form)

    @event(ProtocolReopened)
    def _protocol_reopened(self, corrected: Corrected, reason: str, at: datetime) -> None:
        self.protocol = None

    @event(ProtocolSigned)
    def _protocol_signed(self, member: UUID, digest: str, dissent: Personal | None, at: datetime) -> None:
        self.drawn.answers[member] = Answer(True, dissent)

    @event(ProtocolNotSigned)
    def _protocol_not_signed(self, member: UUID, reason: Personal, at: datetime) -> None:
        self.drawn.answers[member] = Answer(False, reason=reason)

    @event(ProtocolApproved)
    def _protocol_approved(self, by: UUID, at: datetime) -> None:
        self.drawn.approved = True
