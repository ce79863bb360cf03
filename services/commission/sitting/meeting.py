"""A sitting while it lasts: roll call, recusals, discussion, and an open vote on each item."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from services.commission.body.domain import Composition
from services.commission.sitting.agenda import Agenda
from services.commission.sitting.refusals import (
    AbstentionNotAllowed,
    BeforeRollCall,
    BodyWithoutChair,
    ConclusionChanged,
    ItemDecided,
    NobodyMayVote,
    NoQuorum,
    NoRollCall,
    NotDiscussed,
    NotMember,
    NotPresent,
    RecusedFromItem,
    SittingNotBegun,
    SittingOver,
    VotedAlready,
    VotesMissing,
)
from services.commission.sitting.state import Item, Roll
from services.commission.sitting.voting import Choice, Count, has_quorum, tally
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate


class Meeting(Agenda):
    """What happens at the sitting, up to the decision on each item."""

    class RollCalled(Aggregate.Event):
        composition: Composition
        present: tuple[UUID, ...]
        quorum: bool
        at: datetime

    class Recused(Aggregate.Event):
        application: UUID
        member: UUID
        reason: Personal

    class Discussed(Aggregate.Event):
        """`conclusion`: the digest of the expertise's conclusion that lay before the body, on which it then votes."""

        application: UUID
        note: Personal
        at: datetime
        conclusion: str | None = None

    class Voted(Aggregate.Event):
        application: UUID
        member: UUID
        choice: Choice

    class Decided(Aggregate.Event):
        """`silent`: who was present and didn't vote, counted as abstaining; `conclusion`: the digest of the expertise's
        conclusion that lay before the body."""

        application: UUID
        count: Count
        reasons: Personal
        silent: tuple[UUID, ...]
        at: datetime
        conclusion: str | None = None

    # -- rules

    def call_roll(self, present: Iterable[UUID], composition: Composition, at: datetime) -> None:
        """Who of the body, as composed on that day, is there. Without a quorum nothing is left on the agenda."""
        there = self._there(composition, present)
        if self.roll and self.roll.present == there:
            return
        self._must_be_ahead()
        if at < self.starts_at:
            raise SittingNotBegun(starts_at=self.starts_at)
        if composition.chair is None:
            raise BodyWithoutChair
        self._roll_called(composition, there, self._quorum(composition, there), at)

    def recuse(self, application: UUID, member: UUID, reason: Personal) -> None:
        """The member takes no part in this item: announced before it is decided, and before having voted on it."""
        item = self._undecided(application)
        self._must_be_member(member)
        if member in item.votes:
            raise VotedAlready(choice=item.votes[member].value)
        if member not in item.recused:
            self._recused(application, member, reason)

    def discuss(self, application: UUID, note: Personal, at: datetime, conclusion: str | None = None) -> None:
        """The item was discussed, with a note and the expertise's conclusion as it stood; needs the quorum."""
        item = self._quorate(application)
        if at < self.called.at:
            raise BeforeRollCall(at=self.called.at)
        if item.note is None:
            self._discussed(application, note, at, conclusion)

    def vote(self, application: UUID, member: UUID, choice: Choice) -> None:
        """One open vote of one who is present and not recused. The same vote again changes nothing."""
        item = self._quorate(application)
        self._must_be_able_to_vote(item, member, choice)
        if item.votes.get(member, choice) != choice:
            raise VotedAlready(choice=item.votes[member].value)
        if member not in item.votes:
            self._voted(application, member, choice)

    def close_vote(
        self,
        application: UUID,
        reasons: Personal,
        at: datetime,
        silent: Iterable[UUID] = (),
        newest: str | None = None,
        conclusion: str | None = None,
    ) -> None:
        """Count the vote. Who is present and hasn't voted must be named as silent, which is abstaining. It was cast on the
        `conclusion` that lay there when the item was discussed, which is named where a `newest` one has come since."""
        item = self._quorate(application)
        if item.note is None:
            raise NotDiscussed
        if (conclusion or newest) != item.conclusion:
            raise ConclusionChanged(expected=item.conclusion or "-", newest=newest or "-")
        voters = self.voters(item)
        if not voters:
            raise NobodyMayVote
        unheard = tuple(m for m in voters if m not in item.votes)
        if missing := [m for m in unheard if m not in set(silent)]:
            raise VotesMissing(members=missing)
        if unheard and not self.terms.rules.abstention:
            raise AbstentionNotAllowed
        votes = {**item.votes, **dict.fromkeys(unheard, Choice.ABSTAIN)}
        count = self._count(item, votes, self.called.present)
        self._decided(application, count, reasons, unheard, at, item.conclusion)

    # -- reading

    @property
    def called(self) -> Roll:
        """Raises NoRollCall."""
        if self.roll is None:
            raise NoRollCall
        return self.roll

    def voters(self, item: Item) -> list[UUID]:
        """Who may vote on the item: present and not recused."""
        return [m for m in self.called.present if m not in item.recused]

    def presiding(self, item: Item | None = None) -> UUID | None:
        """The chair; the deputy acts for a chair who is absent, or recused from the item. None: neither is there."""
        return _presiding(self.called.composition, self.called.present, item)

    # -- inside

    def _must_be_member(self, member: UUID) -> None:
        composition = self.roll.composition if self.roll else self.composition
        if member not in composition.members:
            raise NotMember

    def _there(self, composition: Composition, present: Iterable[UUID]) -> tuple[UUID, ...]:
        """Those present, in the order of the membership. Raises NotMember."""
        named = set(present)
        if not named <= set(composition.members):
            raise NotMember
        return tuple(m for m in composition.members if m in named)

    def _quorum(self, composition: Composition, present: tuple[UUID, ...]) -> bool:
        return has_quorum(self.terms.rules, len(composition.members), len(present))

    def _undecided(self, application: UUID) -> Item:
        item = self.item(application)
        if item.count:
            raise ItemDecided
        return item

    def _quorate(self, application: UUID) -> Item:
        """The undecided item, when enough members take part in it."""
        if self.over:
            raise SittingOver
        item, roll = self._undecided(application), self.called
        members, present = len(roll.composition.members), len(roll.present)
        recused = len(set(item.recused) & set(roll.present))
        if not has_quorum(self.terms.rules, members, present, recused):
            raise NoQuorum(members=members, present=present - recused)
        return item

    def _must_be_able_to_vote(self, item: Item, member: UUID, choice: Choice) -> None:
        if item.note is None:
            raise NotDiscussed
        if member not in self.called.composition.members:
            raise NotMember
        if member not in self.called.present:
            raise NotPresent
        if member in item.recused:
            raise RecusedFromItem
        if choice is Choice.ABSTAIN and not self.terms.rules.abstention:
            raise AbstentionNotAllowed

    def _count(self, item: Item, votes: Mapping[UUID, Choice], present: tuple[UUID, ...]) -> Count:
        counted = {m: c for m, c in votes.items() if m in present and m not in item.recused}
        return tally(self.terms.rules, counted, _presiding(self.called.composition, present, item))

    # -- state

    @event(RollCalled)
    def _roll_called(self, composition: Composition, present: tuple[UUID, ...], quorum: bool, at: datetime) -> None:
        self.roll = Roll(composition, present, quorum, at)
        if not quorum:
            self._end("no-quorum")

    @event(Recused)
    def _recused(self, application: UUID, member: UUID, reason: Personal) -> None:
        self.items[application].recused[member] = reason

    @event(Discussed)
    def _discussed(self, application: UUID, note: Personal, at: datetime, conclusion: str | None) -> None:
        item = self.items[application]
        item.note, item.held_at = note, at
        item.conclusion = conclusion or item.conclusion

    @event(Voted)
    def _voted(self, application: UUID, member: UUID, choice: Choice) -> None:
        self.items[application].votes[member] = choice

    @event(Decided)
    def _decided(
        self,
        application: UUID,
        count: Count,
        reasons: Personal,
        silent: tuple[UUID, ...],
        at: datetime,
        conclusion: str | None,
    ) -> None:
        item = self.items[application]
        item.count, item.reasons, item.decided_at, item.conclusion = count, reasons, at, conclusion
        item.votes.update(dict.fromkeys(silent, Choice.ABSTAIN))


def _presiding(composition: Composition, present: tuple[UUID, ...], item: Item | None) -> UUID | None:
    away = item.recused if item else {}
    return next((m for m in (composition.chair, composition.deputy) if m in present and m not in away), None)
