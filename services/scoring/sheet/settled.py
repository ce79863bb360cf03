"""Which of several reports of one fact counts.

Reports that say the same are one. Reports that contradict each other settle nothing, whichever came last: a correction
replaces the wrong report. An assumption stands in only for what is missing or contradictory. Two facts contradict each other
too: a plan that sets no key indicator (annex 1 §7.1) sets none that can be measured or is tied to the strategic plan (§6).
"""

from collections.abc import Iterable, Mapping, Sequence

from services.scoring.sheet.facts import Fact, Indicators, PlanQuality

Known = Mapping[str, Fact | None]
"""What is known by the facts' keys; None for a contradiction that is to be settled."""
QUALITY, INDICATORS = "plan-quality", "indicators"


def settled(facts: Iterable[Fact]) -> Known:
    """Every key that something was reported of, in any order, with the fact that counts."""
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    known = {key: reports[0] if len(reports) == 1 else _one_of(reports) for key, reports in by_key.items()}
    if not _clash(known):
        return known
    for key in (QUALITY, INDICATORS):
        known[key] = _alike(f for f in by_key[key] if f.assumed is not None) or known[key]
    return known | {QUALITY: None, INDICATORS: None} if _clash(known) else known


def _one_of(reports: Sequence[Fact]) -> Fact | None:
    return _alike(f for f in reports if f.assumed is None) or _alike(f for f in reports if f.assumed is not None)


def _alike(reports: Iterable[Fact]) -> Fact | None:
    """The fact in these reports, if they all say the same; the last of them."""
    said = {fact.said: fact for fact in reports}
    return next(iter(said.values())) if len(said) == 1 else None


def _clash(known: Known) -> bool:
    """Whether indicators of a quality are reported of a plan that sets none."""
    quality, indicators = known.get(QUALITY), known.get(INDICATORS)
    if not isinstance(quality, PlanQuality) or not isinstance(indicators, Indicators):
        return False
    return (quality.measurable or quality.tied) and not indicators.indicators
