"""Private fact to public fact: an approved evaluation, for everybody."""

from collections.abc import Iterable
from typing import Any

from services.scoring.evaluation.domain import Evaluation
from shared.contracts.common import PublicFact
from shared.contracts.scoring import CriterionScored, EvaluationApproved, Named
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, _: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved."""
    if isinstance(event, Evaluation.Approved):
        evaluation: Evaluation = aggregate
        yield str(evaluation.evaluation), approved(event, evaluation)


def approved(event: Evaluation.Approved, evaluation: Evaluation) -> EvaluationApproved:
    said, figures = evaluation.said, evaluation.said.figures
    return EvaluationApproved(
        happened_at=event.at,
        number=said.number,
        body=evaluation.body,
        bin=said.body,
        body_name=Named(**said.name.model_dump()),
        period=said.period,
        part=said.part,
        edition=said.edition,
        organisations=figures.organisations,
        rows=tuple(CriterionScored.model_validate(row.model_dump(exclude={"named"})) for row in figures.rows),
        total=figures.total,
        max=figures.max,
        facts=figures.facts,
        digest=event.digest,
        corrects=said.corrects,
        reason=said.reason,
    )
