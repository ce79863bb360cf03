"""A sitting before it begins: date and place, what is on the agenda, who has been convened."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import date, datetime
from uuid import UUID

from eventsourcing.domain import event

from services.commission.body.domain import Composition
from services.commission.sitting.refusals import (
    BodyWithoutChair,
    ItemDecided,
    NotMember,
    NotOnAgenda,
    RollCallHeld,
    RulesDiffer,
    SittingNotAhead,
    SittingOver,
)
from services.commission.sitting.state import Entry, Item, Off, Protocol, Roll, Terms
from shared.kernel.events import Aggregate


class Agenda(Aggregate):
    """What is fixed and told before a sitting; the sitting itself and its protocol build on it."""

    class Convened(Aggregate.Created):
        sitting: UUID
        body: UUID
        starts_at: datetime
        place: str
        terms: Terms
        agenda: tuple[Entry, ...]
        composition: Composition
        at: datetime

    class ItemAdded(Aggregate.Event):
        entry: Entry
        at: datetime

    class ItemTakenOff(Aggregate.Event):
        application: UUID
        why: Off
        moved_to: UUID | None
        at: datetime

    class Postponed(Aggregate.Event):
        starts_at: datetime | None
        composition: Composition
        reason: str
        at: datetime

    class Cancelled(Aggregate.Event):
        reason: str
        at: datetime

    class MemberJoined(Aggregate.Event):
        member: UUID

    class ConvocationShown(Aggregate.Event):
        member: UUID

    class ConvocationOpened(Aggregate.Event):
        member: UUID

    @staticmethod
    def create_id(sitting: UUID) -> str:
        return f"sitting:{sitting}"

    @event(Convened)
    def __init__(
        self,
        sitting: UUID,
        body: UUID,
        starts_at: datetime,
        place: str,
        terms: Terms,
        agenda: tuple[Entry, ...],
        composition: Composition,
        at: datetime,
    ) -> None:
        self.sitting, self.body, self.starts_at, self.place = sitting, body, starts_at, place
        self.terms, self.composition = terms, composition
        self.items = {e.application: Item(e.application, e.person, e.conclusion) for e in agenda}
        self.shown: set[UUID] = set()
        self.opened: set[UUID] = set()
        self.roll: Roll | None = None
        self.over: Off | None = None
        self.protocol: Protocol | None = None

    # -- rules

    def add(self, entry: Entry, terms: Terms, at: datetime) -> None:
        """Put another application on the agenda, before the sitting begins."""
        if entry.application in self.items and not self.items[entry.application].off:
            return
        self._must_be_ahead()
        if terms != self.terms:
            raise RulesDiffer
        self._item_added(entry, at)

    def take_off(self, application: UUID, why: Off, at: datetime, moved_to: UUID | None = None) -> None:
        """Take an undecided item off the agenda, for good or to another sitting; also once the sitting has begun."""
        if application in self.items and self.items[application].off == why:
            return
        if self.item(application).count:
            raise ItemDecided
        self._item_taken_off(application, why, moved_to, at)

    def postpone(self, starts_at: datetime | None, composition: Composition, reason: str, at: datetime) -> None:
        """Fix another date, with the body as composed on it, or none: then nothing is left on the agenda."""
        if self.over == "postponed" and starts_at is None:
            return
        self._must_be_ahead()
        if starts_at is not None:
            must_be_ahead(starts_at, composition, at)
        if starts_at != self.starts_at:
            self._postponed(starts_at, composition, reason, at)

    def cancel(self, reason: str, at: datetime) -> None:
        if self.over != "cancelled":
            self._must_be_ahead()
            self._cancelled(reason, at)

    def welcome(self, member: UUID) -> None:
        """Convene a member who joined the body after the others were convened; reopens nothing."""
        if member not in self.composition.members and not self.roll and not self.over:
            self._member_joined(member)

    def show(self, member: UUID) -> None:
        """Evidence that the convocation was delivered: it stood in the member's queue."""
        self._must_be_convened(member)
        if member not in self.shown:
            self._convocation_shown(member)

    def open(self, member: UUID) -> None:
        """Evidence that the member has read the convocation; what is read was delivered."""
        self.show(member)
        if member not in self.opened:
            self._convocation_opened(member)

    # -- reading

    def item(self, application: UUID) -> Item:
        """The item while it is on the agenda. Raises NotOnAgenda."""
        if application not in self.items or self.items[application].off:
            raise NotOnAgenda
        return self.items[application]

    def gone(self, application: UUID) -> Off | None:
        """Why the application isn't on this agenda any more."""
        return self.items[application].off if application in self.items else None

    def day(self, at: datetime) -> date:
        """The day of an instant where the body sits."""
        return self.terms.day(at)

    def convenes(self, member: UUID) -> bool:
        return member in self.composition.members

    @property
    def live(self) -> list[Item]:
        return [item for item in self.items.values() if not item.off]

    def _must_be_ahead(self) -> None:
        if self.over:
            raise SittingOver
        if self.roll:
            raise RollCallHeld

    def _must_be_convened(self, member: UUID) -> None:
        if not self.convenes(member):
            raise NotMember

    # -- state

    @event(ItemAdded)
    def _item_added(self, entry: Entry, at: datetime) -> None:
        self.items[entry.application] = Item(entry.application, entry.person, entry.conclusion)

    @event(ItemTakenOff)
    def _item_taken_off(self, application: UUID, why: Off, moved_to: UUID | None, at: datetime) -> None:
        self.items[application].off = why

    @event(Postponed)
    def _postponed(self, starts_at: datetime | None, composition: Composition, reason: str, at: datetime) -> None:
        if starts_at is None:
            self._end("postponed")
        else:
            self.starts_at, self.composition = starts_at, composition
            self.shown, self.opened = set(), set()

    @event(Cancelled)
    def _cancelled(self, reason: str, at: datetime) -> None:
        self._end("cancelled")

    @event(MemberJoined)
    def _member_joined(self, member: UUID) -> None:
        members = (*self.composition.members, member)
        self.composition = self.composition.model_copy(update={"members": members})

    @event(ConvocationShown)
    def _convocation_shown(self, member: UUID) -> None:
        self.shown.add(member)

    @event(ConvocationOpened)
    def _convocation_opened(self, member: UUID) -> None:
        self.opened.add(member)

    def _end(self, why: Off) -> None:
        self.over = why
        for item in self.live:
            item.off = why


def must_be_ahead(starts_at: datetime, composition: Composition, at: datetime) -> None:
    """A sitting is told before it begins, and has a chair. Raises SittingNotAhead, BodyWithoutChair."""
    if starts_at <= at:
        raise SittingNotAhead(starts_at=starts_at)
    if composition.chair is None:
        raise BodyWithoutChair


def common(terms: list[Terms]) -> Terms:
    """The terms that all applications of one sitting share. Raises RulesDiffer."""
    if any(other != terms[0] for other in terms):
        raise RulesDiffer
    return terms[0]
