"""What a change of one fact would change: one organisation's verdicts moved in the tallies, nothing counted again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.scoring.sheet.edition import Edition, Row
from services.scoring.sheet.facts import Fact, Organisation
from services.scoring.sheet.questions import verdict
from services.scoring.sheet.rules import outcome
from services.scoring.sheet.tally import Tally

Came = tuple[str | None, int | None]
"""An outcome's code with its points; None for not enough data."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that would come out differently."""

    row: str
    before: Came
    after: Came


def replaced(organisation: Organisation, fact: Fact) -> Organisation:
    """The organisation with this fact in place of every report of the same."""
    kept = tuple(known for known in organisation.facts if known.key != fact.key)
    return organisation.model_copy(update={"facts": (*kept, fact)})


def effect(
    edition: Edition, part: str, period: int, tallies: Mapping[str, Tally], old: Organisation, new: Organisation
) -> tuple[Change, ...]:
    """The rows that change if `old`, which the tallies hold, becomes `new`. Raises NoPart."""

    def changes() -> Iterator[Change]:
        for row in edition.rows(part):
            tally = tallies[row.number]
            moved = tally.moved(verdict(row, old, period), verdict(row, new, period))
            change = Change(row.number, _came(row, tally), _came(row, moved))
            if change.before != change.after:
                yield change

    return tuple(changes())


def _came(row: Row, tally: Tally) -> Came:
    came = outcome(row, tally)
    return (came.code, row.criterion.scored(came.code).points) if came else (None, None)
