"""What is reported of one organisation in one evaluation: facts beside their sources, old values kept by the log."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from services.scoring.organisation.refusals import OtherKindOfOrganisation, SaidTwice
from services.scoring.organisation.reported import Side, StoredFact, place, says_the_same
from services.scoring.sheet import facts as sheet
from services.scoring.sheet.facts import Fact, Kind
from shared.identity.number import Bin
from shared.kernel.events import Aggregate, DomainEvent


class ManagedOrganisation(Aggregate):
    """An organisation that the evaluated body manages, with the facts of one period."""

    class Enrolled(Aggregate.Created):
        evaluation: UUID
        part: str
        period: int
        edition: str
        bin: str
        name: str
        kind: Kind
        region: str
        at: datetime

    class Described(Aggregate.Event):
        name: str
        region: str
        at: datetime

    class FactsReported(Aggregate.Event):
        facts: tuple[StoredFact, ...]
        by: Side
        at: datetime

    class FactSettled(Aggregate.Event):
        """By the authority: this fact alone counts, in place of all that was or will be reported of the same, until it is
        settled otherwise; `reason`: why."""

        fact: StoredFact
        reason: str
        at: datetime

    class LeftOut(Aggregate.Event):
        """By the authority: the body doesn't manage it after all; it counts no more, whatever is reported of it."""

        reason: str
        at: datetime

    class CountedAgain(Aggregate.Event):
        """By the authority: it was left out wrongly."""

        reason: str
        at: datetime

    @staticmethod
    def create_id(evaluation: UUID, bin: str) -> str:
        return f"organisation:{evaluation}:{bin}"

    @event(Enrolled)
    def __init__(
        self,
        evaluation: UUID,
        part: str,
        period: int,
        edition: str,
        bin: str,
        name: str,
        kind: Kind,
        region: str,
        at: datetime,
    ) -> None:
        self.evaluation, self.part, self.period, self.edition = evaluation, part, period, edition
        self.bin, self.name, self.kind, self.region = bin, name, kind, region
        self.places: dict[tuple[str, ...], Fact] = {}
        self.settlements: dict[str, Fact] = {}
        self.left_out: str | None = None

    # -- rules

    def describe(self, name: str, kind: Kind, region: str, at: datetime) -> None:
        """What it is called and where it is; raises OtherKindOfOrganisation."""
        if kind != self.kind:
            raise OtherKindOfOrganisation(organisation=self.bin, kind=self.kind)
        if (name, region) != (self.name, self.region):
            self._described(name, region, at)

    def report(self, facts: Iterable[Fact], by: Side, at: datetime) -> None:
        """Only what says something else than before is taken. Raises SaidTwice."""
        said: dict[tuple[str, ...], Fact] = {}
        for fact in facts:
            if says_the_same(said.setdefault(place(fact, by), fact), fact):
                continue
            raise SaidTwice(organisation=self.bin, fact=fact.key)
        new = [f for where, f in said.items() if where not in self.places or not says_the_same(self.places[where], f)]
        if new:
            self._reported(tuple(new), by, at)

    def settle(self, fact: Fact, reason: str, at: datetime) -> None:
        """Settled so before: nothing changes."""
        standing = self.settlements.get(fact.key)
        if standing is None or not says_the_same(standing, fact):
            self._settled(fact, reason, at)

    def leave_out(self, reason: str, at: datetime) -> None:
        if self.left_out is None:
            self._left_out(reason, at)

    def count_again(self, reason: str, at: datetime) -> None:
        if self.left_out is not None:
            self._counted_again(reason, at)

    # -- reading

    @property
    def known(self) -> sheet.Organisation:
        """What the calculation takes: facts in the order of what they are about."""
        unsettled = {where: fact for where, fact in self.places.items() if fact.key not in self.settlements}
        standing = unsettled | {(key,): fact for key, fact in self.settlements.items()}
        facts = tuple(fact for _, fact in sorted(standing.items()))
        return sheet.Organisation(bin=Bin(self.bin), name=self.name, kind=self.kind, region=self.region, facts=facts)

    @property
    def set_aside(self) -> list[Fact]:
        """What was reported, before or since, and says otherwise than the settlement that stands in its place."""
        settled = ((self.settlements.get(fact.key), fact) for _, fact in sorted(self.places.items()))
        return [fact for settlement, fact in settled if settlement and settlement.said != fact.said]

    # -- state

    @event(Described)
    def _described(self, name: str, region: str, at: datetime) -> None:
        self.name, self.region = name, region

    @event(FactsReported)
    def _reported(self, facts: tuple[StoredFact, ...], by: Side, at: datetime) -> None:
        self.places |= {place(fact, by): fact for fact in facts}

    @event(FactSettled)
    def _settled(self, fact: StoredFact, reason: str, at: datetime) -> None:
        self.settlements[fact.key] = fact

    @event(LeftOut)
    def _left_out(self, reason: str, at: datetime) -> None:
        self.left_out = reason

    @event(CountedAgain)
    def _counted_again(self, reason: str, at: datetime) -> None:
        self.left_out = None


STORED: dict[str, type[DomainEvent]] = {
    "organisation.enrolled": ManagedOrganisation.Enrolled,
    "organisation.described": ManagedOrganisation.Described,
    "organisation.facts-reported": ManagedOrganisation.FactsReported,
    "organisation.fact-settled": ManagedOrganisation.FactSettled,
    "organisation.left-out": ManagedOrganisation.LeftOut,
    "organisation.counted-again": ManagedOrganisation.CountedAgain,
}
