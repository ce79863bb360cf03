"""Private fact to public fact: an approved evaluation, for everybody."""

from collections.abc import Iterable
from typing import Any

from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Said
from services.scoring.evaluation.objections import objecting
from services.scoring.evaluation.sending import Sending
from shared.contracts.common import PublicFact
from shared.contracts.scoring import CriterionScored, EvaluationApproved, Ground, Named, SheetSent
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, _: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved."""
    if isinstance(event, Sending.SentForObjections):
        yield str(aggregate.evaluation), sent(event, aggregate)
    if isinstance(event, Evaluation.Approved):
        yield str(aggregate.evaluation), approved(event, aggregate)


def sent(event: Sending.SentForObjections, evaluation: Evaluation) -> SheetSent:
    said = evaluation.said
    grounds = objecting().grounds.items()
    return SheetSent(
        **_of(said, evaluation),
        happened_at=event.at,
        digest=said.digest,
        due=event.due,
        grounds=tuple(Ground(code=code, title=Named(**title.model_dump())) for code, title in grounds),
    )


def approved(event: Evaluation.Approved, evaluation: Evaluation) -> EvaluationApproved:
    said, figures = evaluation.said, evaluation.said.figures
    return EvaluationApproved(
        **_of(said, evaluation),
        happened_at=event.at,
        organisations=figures.organisations,
        rows=tuple(CriterionScored.model_validate(row.model_dump(exclude={"named"})) for row in figures.rows),
        total=figures.total,
        max=figures.max,
        facts=figures.facts,
        digest=event.digest,
        corrects=said.corrects,
        reason=said.reason,
    )


def _of(said: Said, evaluation: Evaluation) -> dict[str, Any]:
    """Whose sheet, for when."""
    return {
        "number": said.number,
        "body": evaluation.body,
        "bin": said.body,
        "body_name": Named(**said.name.model_dump()),
        "period": said.period,
        "part": said.part,
        "edition": said.edition,
    }
