"""How an organisation stands in all rows of a part, in one short text, so that a million are counted by one GROUP BY.

Three signs for each row, in the part's order: how it stands now, how it stood the year before, and whether an assumed fact is
among what that follows from.
"""

from collections.abc import Iterable, Mapping

from services.scoring.sheet.edition import Row
from services.scoring.sheet.tally import Counted, Outcome, Standing, Tally, Verdict

SIGNS: dict[Standing | None, str] = {"for": "+", "against": "-", "apart": "o", "missing": "?", None: "."}
STANDINGS: dict[str, Standing | None] = {sign: standing for standing, sign in SIGNS.items()}
ASSUMED, FOUNDED = "a", "."
WIDTH = 3


def written(verdicts: Iterable[Verdict]) -> str:
    return "".join(SIGNS[v.standing] + SIGNS[v.before] + (ASSUMED if v.assumed else FOUNDED) for v in verdicts)


def tallies(rows: Iterable[Row], counts: Mapping[str, int]) -> dict[str, Tally]:
    """The tally of each row, by its number, from how many organisations stand by each text."""
    return {
        row.number: Tally.of(_counted(text[WIDTH * place :][:WIDTH], n) for text, n in counts.items())
        for place, row in enumerate(rows)
    }


def _counted(signs: str, organisations: int) -> Counted:
    standing = STANDINGS[signs[0]]
    assert standing
    return Counted(standing, STANDINGS[signs[1]], organisations, organisations if signs[2] == ASSUMED else 0)


def deciding(came: Outcome, tally: Tally) -> tuple[list[str], int]:
    """The signs, now and before, of those whose fact decided an outcome, and how many they are."""
    found = {(now, before): n for (now, before), n in tally.counts.items() if came.decided_by(now, before)}
    return [SIGNS[now] + SIGNS[before] for now, before in found], sum(found.values())
