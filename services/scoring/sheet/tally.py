"""What one organisation's facts say to a row, and the count of it over all organisations.

Verdicts are kept per organisation, so that a row's tally is a GROUP BY (standing, before) over them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Standing = Literal["for", "against", "apart", "missing"]
"""An organisation keeps what the row asks for, or fails it; the row doesn't concern it (not audited, nothing was due); or its
facts aren't enough to say."""
Counts = Mapping[tuple[Standing, Standing | None], int]


class Lack(NamedTuple):
    """A fact that is needed, by its key, and why it can't be used: nobody reported it, or reports contradict each other.
    `before`: it is of the year before, and only needed where that is compared."""

    fact: str
    why: Literal["not-reported", "contradictory"]
    before: bool = False


class Verdict(NamedTuple):
    """How an organisation stands in a row. `before`: how it stood the year before, where the row compares years.
    `lacks`: what is missing, of this year and of the one before. `assumed`: keys of assumed facts that it rests on."""

    standing: Standing
    before: Standing | None = None
    lacks: tuple[Lack, ...] = ()
    assumed: tuple[str, ...] = ()


class Counted(NamedTuple):
    """A line of the GROUP BY: how many organisations stand so, and how many of them by an assumed fact."""

    standing: Standing
    before: Standing | None
    organisations: int
    assumed: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The verdicts of all organisations of a part in one row."""

    counts: Counts
    assumed: int = 0

    @classmethod
    def of(cls, lines: Iterable[Counted]) -> "Tally":
        counts: Counter[tuple[Standing, Standing | None]] = Counter()
        assumed = 0
        for line in lines:
            counts[line.standing, line.before] += line.organisations
            assumed += line.assumed
        return cls(counts, assumed)

    def moved(self, old: Verdict, new: Verdict) -> "Tally":
        """The tally once an organisation that stood so stands otherwise."""
        counts = Counter(self.counts)
        counts[old.standing, old.before] -= 1
        counts[new.standing, new.before] += 1
        return Tally(+counts, self.assumed + bool(new.assumed) - bool(old.assumed))

    @property
    def organisations(self) -> int:
        return sum(self.counts.values())

    def now(self, standing: Standing) -> int:
        return sum(n for (now, _), n in self.counts.items() if now == standing)

    def before(self, standing: Standing) -> int:
        return sum(n for (_, before), n in self.counts.items() if before == standing)

    def lacking(self, last_year_too: bool) -> int:
        """How many organisations lack a fact of this year, or of the year before where that is needed."""
        return sum(
            n for (now, before), n in self.counts.items() if now == "missing" or (last_year_too and before == "missing")
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a row by its code in the scale, and the standings, now or before, of whose facts decided it."""

    code: str
    now: frozenset[Standing]
    before: frozenset[Standing] = frozenset()

    def decided_by(self, standing: Standing, before: Standing | None) -> bool:
        """Whether an organisation that stands so is one of those whose fact decided it."""
        return standing in self.now or before in self.before
