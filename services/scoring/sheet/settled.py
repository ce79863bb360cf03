"""Which of several reports of one fact counts.

Reports that say the same are one. Reports that contradict each other settle nothing, whichever came last: a correction
replaces the wrong report. An assumption stands in only for what is missing or contradictory.
"""

from collections.abc import Iterable, Mapping

from services.scoring.sheet.facts import Fact

Known = Mapping[str, Fact | None]
"""What is known by the facts' keys; None for a contradiction that is to be settled."""


def settled(facts: Iterable[Fact]) -> Known:
    """Every key that something was reported of, in any order, with the fact that counts."""
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    return {key: reports[0] if len(reports) == 1 else _one_of(reports) for key, reports in by_key.items()}


def _one_of(reports: list[Fact]) -> Fact | None:
    documented = {fact.said: fact for fact in reports if fact.assumed is None}
    assumed = {fact.said: fact for fact in reports if fact.assumed is not None}
    for said in (documented, assumed):
        if len(said) == 1:
            return next(iter(said.values()))
    return None
