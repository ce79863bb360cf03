"""What follows from the count: a small set of named, pure functions, chosen by the data.

None of them asks how many organisations there are in all, so a body with a million costs what one with ten does.
"""

from collections.abc import Callable
from fractions import Fraction

from services.scoring.sheet.edition import Row
from services.scoring.sheet.scale import Rule
from services.scoring.sheet.tally import Outcome, Standing, Tally

KEPT: frozenset[Standing] = frozenset({"for", "apart"})
FAILED: frozenset[Standing] = frozenset({"against"})
APART: frozenset[Standing] = frozenset({"apart"})


def share_of_organisations(row: Row, tally: Tally) -> Outcome | None:
    """The first outcome whose bound isn't passed by the share of those that failed among those concerned."""
    if _concerns_nobody(row, tally):
        return None
    failed, kept = tally.now("against"), tally.now("for")
    share = Fraction(failed, failed + kept) if failed else Fraction(0)
    code = next(s.code for s in row.criterion.outcomes if s.at_most is not None and share <= Fraction(s.at_most))
    return Outcome(code, FAILED if failed else KEPT)


def all_or_nothing(row: Row, tally: Tally) -> Outcome | None:
    if _concerns_nobody(row, tally):
        return None
    return Outcome("not-all", FAILED) if tally.now("against") else Outcome("all", KEPT)


def _concerns_nobody(row: Row, tally: Tally) -> bool:
    """Whether nothing was due from any organisation, and that is no answer."""
    nobody = 0 < tally.organisations == tally.now("apart")
    return nobody and row.choices["nothing-due"] == "not-enough-data"


def compared_with_last_year(row: Row, tally: Tally) -> Outcome | None:
    """None, fewer than the year before, or not fewer; without last year's answers only “none” can be told."""
    failed = tally.now("against")
    if not failed:
        return Outcome("none", KEPT)
    if tally.before("missing"):
        return None
    before = tally.before("against")
    fewer = failed < before or (failed == before and row.choices["equal-counts"] == "fewer")
    return Outcome("fewer" if fewer else "not-fewer", FAILED, FAILED)


def violated_none_or_not_audited(row: Row, tally: Tally) -> Outcome:
    if tally.now("against"):
        return Outcome("violated", FAILED)
    unaudited = tally.now("apart")
    if not tally.now("for") or (unaudited and row.choices["some-audited"] == "not-audited"):
        return Outcome("not-audited", APART)
    return Outcome("none", frozenset({"for"}))


RULES: dict[Rule, Callable[[Row, Tally], Outcome | None]] = {
    "share-of-organisations": share_of_organisations,
    "all-or-nothing": all_or_nothing,
    "compared-with-last-year": compared_with_last_year,
    "violated-none-or-not-audited": violated_none_or_not_audited,
}


def outcome(row: Row, tally: Tally) -> Outcome | None:
    """The outcome of a row; None where the facts aren't enough: one organisation without them is enough for that."""
    if tally.now("missing") or (not tally.organisations and row.choices["no-organisation"] == "not-enough-data"):
        return None
    return RULES[row.criterion.rule](row, tally)


def asks_of_last_year(tally: Tally) -> bool:
    """Whether what is missing of the year before is needed: only a negative result is compared."""
    return tally.now("against") > 0
