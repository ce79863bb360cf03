"""A public fact about one application, as `progress` reads it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.contracts.common import CaseFact, StepDone


@dataclass(frozen=True, slots=True)
class Fact:
    """One public fact: where it stands (source, version) and the common part of what it says."""

    id: UUID
    source: str
    version: int
    name: str
    body: CaseFact = field(compare=False)

    @property
    def step(self) -> StepDone | None:
        return self.body.step

    @property
    def at(self) -> datetime:
        """Legal time of what happened."""
        return self.step.happened_at if self.step else self.body.happened_at

    @property
    def place(self) -> tuple[str, int]:
        return self.source, self.version


class Facts:
    """The set of public facts about one application: no order, no doubles."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.by_id = {fact.id: fact for fact in facts}
        self.ordered = sorted(self.by_id.values(), key=lambda fact: fact.place)

    def of_step(self, step: str) -> list[Fact]:
        return [f for f in self.ordered if f.step and f.step.step == step]

    def rests_on(self, fact: Fact) -> list[Fact]:
        """The facts that have come of those that it rests on."""
        return [self.by_id[i] for i in fact.step.rests_on if i in self.by_id] if fact.step else []

    def awaited(self, fact: Fact) -> list[UUID]:
        """The facts that it rests on and that haven't come."""
        return [i for i in fact.step.rests_on if i not in self.by_id] if fact.step else []

    def grounds(self, fact: Fact) -> list[Fact]:
        """It, and every fact that it rests on through any number of facts, as far as they have come."""
        found, todo = {fact.id: fact}, [fact]
        while todo:
            below = [b for b in self.rests_on(todo.pop()) if b.id not in found]
            found |= {b.id: b for b in below}
            todo += below
        return list(found.values())

    def stands_on(self, fact: Fact, other: Fact) -> bool:
        """Whether `fact` rests on `other`, through any number of facts."""
        return fact is not other and other in self.grounds(fact)

    def whole(self, fact: Fact) -> bool:
        """Whether all that it rests on, through any number of facts, has come."""
        return not any(self.awaited(ground) for ground in self.grounds(fact))
