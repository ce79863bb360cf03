"""A public fact about one application, as `progress` reads it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
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

    def __hash__(self) -> int:
        return hash(self.id.int)

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


def legal_order(fact: Fact) -> tuple[float, tuple[str, int]]:
    """Sorts by legal time, then as written. By numbers: to compare two instants asks both their zones."""
    return fact.at.timestamp(), fact.place


class Facts:
    """The set of public facts about one application: no order, no doubles. What is asked of it is worked out once."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.by_id = {fact.id: fact for fact in facts}
        self.ordered = sorted(self.by_id.values(), key=lambda fact: fact.place)
        self._of_step: dict[str, list[Fact]] = {}
        self._grounds: dict[UUID, frozenset[Fact]] = {}
        for fact in self.ordered:
            if fact.step:
                self._of_step.setdefault(fact.step.step, []).append(fact)

    def of_step(self, step: str) -> list[Fact]:
        return self._of_step.get(step, [])

    def rests_on(self, fact: Fact) -> list[Fact]:
        """The facts that have come of those that it rests on."""
        return [self.by_id[i] for i in fact.body.grounds if i in self.by_id]

    @cached_property
    def waiting(self) -> dict[UUID, tuple[UUID, ...]]:
        """Each fact that rests on facts which haven't come, with the ids of those."""
        known = self.by_id.keys()
        said = ((f, f.body.grounds) for f in self.ordered if not known >= set(f.body.grounds))
        return {f.id: tuple(i for i in ids if i not in known) for f, ids in said}

    def grounds(self, fact: Fact) -> frozenset[Fact]:
        """It, and every fact that it rests on through any number of facts, as far as they have come."""
        if fact.id not in self._grounds:
            found, todo = {fact}, [fact]
            while todo:
                below = [b for b in self.rests_on(todo.pop()) if b not in found]
                found.update(below)
                todo += below
            self._grounds[fact.id] = frozenset(found)
        return self._grounds[fact.id]

    def stands_on(self, fact: Fact, other: Fact) -> bool:
        """Whether `fact` rests on `other`, through any number of facts."""
        return fact is not other and other in self.grounds(fact)

    def whole(self, fact: Fact) -> bool:
        """Whether all that it rests on, through any number of facts, has come."""
        return not self.waiting or not any(ground.id in self.waiting for ground in self.grounds(fact))
