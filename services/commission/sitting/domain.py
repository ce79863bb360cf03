"""A sitting of a body: what was convened, met, decided and signed, with the corrections that are possible until the
protocol is approved."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from services.commission.sitting.agenda import Agenda
from services.commission.sitting.meeting import Meeting
from services.commission.sitting.refusals import ItemsUndecided, NotDiscussed, ProtocolFinal, ReasonsNeeded
from services.commission.sitting.signing import Corrected, Signing
from services.commission.sitting.state import Item
from services.commission.sitting.voting import Choice, Count
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent

Reasons = Mapping[UUID, Personal]
"""New reasons by application, for decisions that a correction turns round."""


class Sitting(Signing):
    """One sitting of a body over many applications (000 §5.3-5.6)."""

    class RollCallCorrected(Aggregate.Event):
        present: tuple[UUID, ...]
        quorum: bool
        reason: str
        at: datetime

    class NoteCorrected(Aggregate.Event):
        application: UUID
        note: Personal
        reason: str

    class VoteCorrected(Aggregate.Event):
        application: UUID
        member: UUID
        choice: Choice
        reason: str

    # -- rules: corrections drop all signatures; after the approval there are none

    def correct_roll_call(
        self, present: Iterable[UUID], reason: str, at: datetime, reasons: Reasons | None = None
    ) -> None:
        """Put right who was there; each decision is counted again, and without a quorum there is none."""
        self._must_be_correctable()
        composition = self.called.composition
        there = self._there(composition, present)
        if there == self.called.present:
            return
        decided = [i for i in self.live if i.count]
        silent = {i.application: self._silent(i, there) for i in decided}
        counts = {i.application: self._count(i, i.votes | silent[i.application], there) for i in decided}
        quorum = self._quorum(composition, there)
        if quorum:
            self._must_have_reasons(counts, reasons or {})
        self._reopen("roll-call", reason, at)
        self._roll_call_corrected(there, quorum, reason, at)
        if quorum:
            self._decide_again(counts, reasons or {}, silent)

    def correct_note(self, application: UUID, note: Personal, reason: str, at: datetime) -> None:
        self._must_be_correctable()
        if self._discussed_item(application).note != note:
            self._reopen("note", reason, at)
            self._note_corrected(application, note, reason)

    def correct_vote(
        self,
        application: UUID,
        member: UUID,
        choice: Choice,
        reason: str,
        at: datetime,
        reasons: Personal | None = None,
    ) -> None:
        """Put right how a member's vote was recorded; a decision taken is counted again."""
        self._must_be_correctable()
        item = self._discussed_item(application)
        self._must_be_able_to_vote(item, member, choice)
        if item.votes.get(member) == choice:
            return
        new = {application: reasons} if reasons else {}
        votes = {**item.votes, member: choice}
        counts = {application: self._count(item, votes, self.called.present)} if item.count else {}
        self._must_have_reasons(counts, new)
        self._reopen("vote", reason, at)
        self._vote_corrected(application, member, choice, reason)
        self._decide_again(counts, new)

    def correct_reasons(self, application: UUID, reasons: Personal, reason: str, at: datetime) -> None:
        self._must_be_correctable()
        item = self._discussed_item(application)
        if item.count is None:
            raise ItemsUndecided(applications=[application])
        if item.reasons != reasons:
            self._reopen("reasons", reason, at)
            self._decide_again({application: item.count}, {application: reasons})

    # -- inside

    def _must_be_correctable(self) -> None:
        self._must_have_sat()
        if self.protocol and self.protocol.final:
            raise ProtocolFinal

    def _discussed_item(self, application: UUID) -> Item:
        item = self.item(application)
        if item.note is None:
            raise NotDiscussed
        return item

    def _must_have_reasons(self, counts: Mapping[UUID, Count], reasons: Reasons) -> None:
        turned = [a for a, new in counts.items() if (old := self.items[a].count) and old.outcome != new.outcome]
        if lacking := [a for a in turned if a not in reasons]:
            raise ReasonsNeeded(applications=lacking)

    def _reopen(self, corrected: Corrected, reason: str, at: datetime) -> None:
        if self.protocol:
            self._protocol_reopened(corrected, reason, at)

    def _silent(self, item: Item, there: tuple[UUID, ...]) -> dict[UUID, Choice]:
        """Who was there after all and has no vote recorded: they abstained, where the rules know that."""
        unheard = [m for m in there if m not in item.votes and m not in item.recused]
        return dict.fromkeys(unheard, Choice.ABSTAIN) if self.terms.rules.abstention else {}

    def _decide_again(
        self, counts: Mapping[UUID, Count], reasons: Reasons, silent: Mapping[UUID, Iterable[UUID]] | None = None
    ) -> None:
        for application, count in counts.items():
            item = self.items[application]
            said, at = reasons.get(application, item.reasons), item.decided_at
            if said is not None and at is not None:
                unheard = tuple((silent or {}).get(application, ()))
                self._decided(application, count, said, unheard, at, item.conclusion)

    # -- state

    @event(RollCallCorrected)
    def _roll_call_corrected(self, present: tuple[UUID, ...], quorum: bool, reason: str, at: datetime) -> None:
        self.roll = replace(self.called, present=present, quorum=quorum)
        if not quorum:
            self._end("no-quorum")

    @event(NoteCorrected)
    def _note_corrected(self, application: UUID, note: Personal, reason: str) -> None:
        self.items[application].note = note

    @event(VoteCorrected)
    def _vote_corrected(self, application: UUID, member: UUID, choice: Choice, reason: str) -> None:
        self.items[application].votes[member] = choice


STORED: dict[str, type[DomainEvent]] = {
    "sitting.convened": Sitting.Convened,
    "sitting.item-added": Agenda.ItemAdded,
    "sitting.item-taken-off": Agenda.ItemTakenOff,
    "sitting.postponed": Agenda.Postponed,
    "sitting.cancelled": Agenda.Cancelled,
    "sitting.member-joined": Agenda.MemberJoined,
    "sitting.convocation-shown": Agenda.ConvocationShown,
    "sitting.convocation-opened": Agenda.ConvocationOpened,
    "sitting.roll-called": Meeting.RollCalled,
    "sitting.recused": Meeting.Recused,
    "sitting.discussed": Meeting.Discussed,
    "sitting.voted": Meeting.Voted,
    "sitting.decided": Meeting.Decided,
    "sitting.protocol-drawn": Signing.ProtocolDrawn,
    "sitting.protocol-reopened": Signing.ProtocolReopened,
    "sitting.protocol-signed": Signing.ProtocolSigned,
    "sitting.protocol-not-signed": Signing.ProtocolNotSigned,
    "sitting.protocol-approved": Signing.ProtocolApproved,
    "sitting.roll-call-corrected": Sitting.RollCallCorrected,
    "sitting.note-corrected": Sitting.NoteCorrected,
    "sitting.vote-corrected": Sitting.VoteCorrected,
}
