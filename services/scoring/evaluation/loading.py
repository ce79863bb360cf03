"""The evaluation that a command or a reading is about."""

from uuid import UUID

from services.scoring.evaluation.domain import Evaluation
from services.scoring.refusals import UnknownEvaluation
from shared.kernel.work import UnitOfWork


async def evaluation_of(work: UnitOfWork, evaluation: UUID) -> Evaluation:
    """Raises UnknownEvaluation."""
    found = await work.find(Evaluation, Evaluation.create_id(evaluation))
    if found is None:
        raise UnknownEvaluation
    return found
