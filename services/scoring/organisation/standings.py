"""How an organisation stands in all rows of a part, in one short text, so that a million are counted by one GROUP BY.

Three signs for each row, in the part's order: how it stands now, how it stood the year before, and whether an assumed fact is
among what that follows from.
"""

from collections.abc import Iterable
from typing import NamedTuple

from services.scoring.sheet.tally import Counted, Standing, Tally, Verdict

SIGNS: dict[Standing | None, str] = {"for": "+", "against": "-", "apart": "o", "missing": "?", None: "."}
STANDINGS: dict[str, Standing | None] = {sign: standing for standing, sign in SIGNS.items()}
ASSUMED, FOUNDED = "a", "."
WIDTH = 3


def written(verdicts: Iterable[Verdict]) -> str:
    return "".join(SIGNS[v.standing] + SIGNS[v.before] + (ASSUMED if v.assumed else FOUNDED) for v in verdicts)


class Group(NamedTuple):
    """So many organisations have these signs in a row. `texts`: what they have in all rows, told where they are few."""

    signs: str
    organisations: int
    texts: tuple[str, ...] | None = None

    @property
    def now(self) -> Standing:
        standing = STANDINGS[self.signs[0]]
        assert standing
        return standing

    @property
    def before(self) -> Standing | None:
        return STANDINGS[self.signs[1]]

    @property
    def counted(self) -> Counted:
        assumed = self.organisations if self.signs[2] == ASSUMED else 0
        return Counted(self.now, self.before, self.organisations, assumed)


def tally(groups: Iterable[Group]) -> Tally:
    """The tally of a row, by its groups."""
    return Tally.of(group.counted for group in groups)
