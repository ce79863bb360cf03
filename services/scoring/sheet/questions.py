"""What a row asks of one organisation: does it keep what the criterion wants, by the facts reported of it?

Each question is a pure function of the fact that answers it; `verdict` finds that fact and says what is missing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.scoring.sheet.edition import Row
from services.scoring.sheet.facts import (
    Audits,
    Fact,
    Indicator,
    Indicators,
    NetResult,
    Objects,
    Organisation,
    PlanQuality,
    Plans,
    Reports,
    Solvency,
    Submission,
    Transfer,
)
from services.scoring.sheet.scale import Asks, Question
from services.scoring.sheet.settled import Known, settled
from services.scoring.sheet.tally import Lack, Standing, Verdict

Choices = Mapping[str, str]


def net_result(fact: NetResult, _: Choices) -> Standing:
    """A result below zero fails; a year in which the organisation didn't exist is no result."""
    if fact.amount is None:
        return "apart"
    return "against" if fact.amount < 0 else "for"


def transfer(fact: Transfer, _: Choices) -> Standing:
    """On time and in full: what was paid by the last day is at least what was due."""
    if not fact.due or fact.due_by is None:
        return "apart"
    in_time = sum(payment.amount for payment in fact.payments if payment.on <= fact.due_by)
    return "for" if in_time >= fact.due else "against"


def audits(fact: Audits, _: Choices) -> Standing:
    if not fact.audits:
        return "apart"
    return "against" if any(audit.violations for audit in fact.audits) else "for"


def objects(fact: Objects, choices: Choices) -> Standing:
    others = fact.inventory + fact.revaluation if choices["objects-counted"] == "all-three" else 0
    return "against" if fact.passporting + others else "for"


def submissions(fact: Plans | Reports, choices: Choices) -> Standing:
    if not fact.submissions:
        return "apart"
    return "for" if all(_given(each, choices) for each in fact.submissions) else "against"


def _given(submission: Submission, choices: Choices) -> bool:
    late_counts = choices["given-late"] == "given"
    return submission.given_on is not None and (late_counts or submission.given_on <= submission.due_by)


def plan_quality(fact: PlanQuality, _: Choices) -> Standing:
    return "for" if fact.measurable and fact.tied else "against"


def indicators(fact: Indicators, _: Choices) -> Standing:
    if not fact.indicators:
        return "apart"
    return "for" if all(_reached(each) for each in fact.indicators) else "against"


def _reached(indicator: Indicator) -> bool:
    if indicator.better == "less":
        return indicator.reached <= indicator.planned
    return indicator.reached >= indicator.planned


def solvency(fact: Solvency, _: Choices) -> Standing:
    return "for" if fact.solvent else "against"


QUESTIONS: dict[Asks, Callable[[Any, Choices], Standing]] = {
    "net-result": net_result,
    "transfer": transfer,
    "audits": audits,
    "objects": objects,
    "plans": submissions,
    "reports": submissions,
    "plan-quality": plan_quality,
    "indicators": indicators,
    "solvency": solvency,
}


def verdict(row: Row, organisation: Organisation, period: int) -> Verdict:
    """How an organisation stands in a row, by its facts alone."""
    return verdict_by(row, settled(organisation.facts), period)


def verdict_by(row: Row, known: Known, period: int) -> Verdict:
    """The same, where the facts are settled already: for all rows of one organisation."""
    now = _answer(row, known, period, before=False)
    if row.criterion.rule != "compared-with-last-year":
        return now
    then = _answer(row, known, period - 1, before=True)
    before: Standing = then.standing
    if before == "missing" and row.choices["last-year-unknown"] == "as-not-negative":
        return Verdict(now.standing, "for", now.lacks, now.assumed)
    return Verdict(now.standing, before, now.lacks + then.lacks, now.assumed + then.assumed)


def _answer(row: Row, known: Known, year: int, *, before: bool) -> Verdict:
    question = row.criterion.question
    key = key_of(question, year)
    fact: Fact | None = known.get(key)
    if fact is None:
        return Verdict("missing", lacks=(Lack(key, "contradictory" if key in known else "not-reported", before),))
    return Verdict(QUESTIONS[question.asks](fact, row.choices), assumed=(key,) if fact.assumed else ())


def key_of(question: Question, year: int) -> str:
    """The key of the fact that answers a question."""
    if question.asks == "net-result":
        return f"{question.asks}:{year}"
    return f"{question.asks}:{question.norm}" if question.norm else question.asks
