"""A body that decides: who sits in it, from which day until which."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from eventsourcing.domain import event
from pydantic import BaseModel, ConfigDict

from services.commission.body.refusals import AppointedAlready, NotSeated, OtherBody, RelievedBeforeAppointed, SeatTaken
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent


class Seat(StrEnum):
    """What one holds in a body. Chair and deputy vote as members do, the secretary only if appointed member too."""

    MEMBER = "member"
    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"


VOTING = (Seat.MEMBER, Seat.CHAIR, Seat.DEPUTY)


class Composition(BaseModel):
    """Who makes up the body on one day; accounts. `members`: everyone who votes, chair and deputy included."""

    model_config = ConfigDict(frozen=True)

    members: tuple[UUID, ...]
    chair: UUID | None = None
    deputy: UUID | None = None
    secretary: UUID | None = None


class Tenure(BaseModel):
    """One seat held by one account from a day on, until the first day on which it isn't any more."""

    model_config = ConfigDict(frozen=True)

    account: UUID
    seat: Seat
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def overlaps(self, since: date) -> bool:
        """Whether it is held on some day from `since` on."""
        return self.until is None or since < self.until


class Fixed(NamedTuple):
    """A sitting in the body's calendar; the number is the protocol's too."""

    number: str
    day: date


class Body(Aggregate):
    """A competition commission or council of one provider, with its dated membership."""

    class Formed(Aggregate.Created):
        body: UUID
        kind: str
        provider: str

    class Appointed(Aggregate.Event):
        account: UUID
        seat: Seat
        since: date
        name: Personal | None

    class Relieved(Aggregate.Event):
        account: UUID
        seat: Seat
        until: date

    class SittingFixed(Aggregate.Event):
        """A sitting stands in the calendar: first with its number of the year, then perhaps on another day."""

        sitting: UUID
        number: str
        day: date

    @staticmethod
    def create_id(body: UUID) -> str:
        return f"body:{body}"

    @event(Formed)
    def __init__(self, body: UUID, kind: str, provider: str) -> None:
        self.body, self.kind, self.provider = body, kind, provider
        self.tenures: list[Tenure] = []
        self.names: dict[UUID, Personal] = {}
        self.sittings: dict[UUID, Fixed] = {}

    # -- rules

    def appoint(self, account: UUID, seat: Seat, since: date, name: Personal | None = None) -> None:
        """Give the seat from that day on. One holds chair, deputy and secretary at a time. Raises SeatTaken, or
        AppointedAlready for one who holds it from another day on."""
        held = [t for t in self.tenures if t.seat == seat and t.overlaps(since)]
        if own := next((t for t in held if t.account == account), None):
            if own.since != since:
                raise AppointedAlready(since=own.since)
            return
        if seat is not Seat.MEMBER and held:
            raise SeatTaken(seat=seat)
        self._appointed(account, seat, since, name)

    def relieve(self, account: UUID, seat: Seat, until: date) -> None:
        """End the seat; `until` is the first day without it. Raises NotSeated, RelievedBeforeAppointed."""
        held = next((t for t in reversed(self.tenures) if (t.account, t.seat) == (account, seat)), None)
        if held is None or (held.until is not None and held.until != until):
            raise NotSeated(seat=seat)
        if until < held.since:
            raise RelievedBeforeAppointed(since=held.since)
        if held.until is None:
            self._relieved(account, seat, until)

    def must_decide(self, kind: str, provider: str) -> None:
        """Raises OtherBody when the procedure gives the decision to another body."""
        if (kind, provider) != (self.kind, self.provider):
            raise OtherBody(kind=kind, provider=provider)

    def fix_sitting(self, sitting: UUID, day: date) -> None:
        """Note the day of a sitting; a new one gets the next number of that year."""
        fixed = self.sittings.get(sitting)
        if fixed is None:
            before = sum(other.number.endswith(f"/{day.year}") for other in self.sittings.values())
            self._sitting_fixed(sitting, f"{before + 1}/{day.year}", day)
        elif fixed.day != day:
            self._sitting_fixed(sitting, fixed.number, day)

    # -- reading

    def sittings_from(self, day: date) -> list[UUID]:
        return [sitting for sitting, fixed in self.sittings.items() if fixed.day >= day]

    def on(self, day: date) -> Composition:
        """The body as composed on that day."""
        held = [t for t in self.tenures if t.on(day)]
        single = {t.seat: t.account for t in held if t.seat is not Seat.MEMBER}
        return Composition(
            members=tuple(dict.fromkeys(t.account for t in held if t.seat in VOTING)),
            chair=single.get(Seat.CHAIR),
            deputy=single.get(Seat.DEPUTY),
            secretary=single.get(Seat.SECRETARY),
        )

    # -- state

    @event(Appointed)
    def _appointed(self, account: UUID, seat: Seat, since: date, name: Personal | None) -> None:
        self.tenures.append(Tenure(account=account, seat=seat, since=since))
        if name is not None:
            self.names[account] = name

    @event(Relieved)
    def _relieved(self, account: UUID, seat: Seat, until: date) -> None:
        self.tenures = [
            t.model_copy(update={"until": until}) if (t.account, t.seat, t.until) == (account, seat, None) else t
            for t in self.tenures
        ]

    @event(SittingFixed)
    def _sitting_fixed(self, sitting: UUID, number: str, day: date) -> None:
        self.sittings[sitting] = Fixed(number, day)


STORED: dict[str, type[DomainEvent]] = {
    "body.formed": Body.Formed,
    "body.appointed": Body.Appointed,
    "body.relieved": Body.Relieved,
    "body.sitting-fixed": Body.SittingFixed,
}
