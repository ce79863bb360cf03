"""What every benchmark is: a piece of work against its floor, in rounds that take turns, told as medians and spreads."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

Side = Callable[[], Awaitable[Mapping[str, float]]]
"""One round of one side: a value for each measure."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it: a whole run, or a quick one that only shows that everything works."""

    quick: bool

    @property
    def rounds(self) -> int:
        return 2 if self.quick else 5

    def of(self, whole: float, quick: float) -> float:
        return quick if self.quick else whole

    def count(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


@dataclass(frozen=True, slots=True)
class Goal:
    """How the subject is to stand to its floor (its share, or with `fewer` how many times as much it may take); without
    a floor, the value itself."""

    at_least: float | None = None
    aim: float | None = None
    fewer: bool = False

    def reached(self, value: float, goal: float | None) -> bool | None:
        if goal is None:
            return None
        return value <= goal if self.fewer else value >= goal


@dataclass(slots=True)
class Line:
    """One measure over all rounds."""

    name: str
    unit: str
    goal: Goal = field(default_factory=Goal)
    floor: list[float] = field(default_factory=list)
    subject: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Each round's subject by the floor of the same round."""
        return [s / f for s, f in zip(self.subject, self.floor, strict=True)] if self.floor else []

    @property
    def value(self) -> float:
        """What the goal is about."""
        return median(self.ratios) if self.floor else median(self.subject)


def _instant() -> str:
    return f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; the machine's load: {os.getloadavg()[1]:.1f}"


@dataclass(slots=True)
class Report:
    """One row of the table: its lines, what the two sides did, and what is to be known with the figures."""

    title: str
    floor: str
    subject: str
    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    when: str = field(default_factory=_instant)


async def take_turns(rounds: int, lines: list[Line], floor: Side, subject: Side) -> None:
    """Rounds of floor and subject by turns, so that whatever else the machine does befalls both; every second round
    begins with the other side. Values go to the lines of their names."""
    for number in range(rounds):
        sides = (floor, subject) if number % 2 == 0 else (subject, floor)
        for side in sides:
            note(lines, await side(), on_floor=side is floor)


def note(lines: list[Line], values: Mapping[str, float], *, on_floor: bool) -> None:
    for line in lines:
        if line.name in values:
            (line.floor if on_floor else line.subject).append(values[line.name])


def at(values: list[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
