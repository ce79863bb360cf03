"""What follows at the institute when others' facts come."""

from services.expertise.conclusion import Scale
from services.expertise.domain import Examination
from services.expertise.handlers import KIND
from shared.contracts.common import CaseFact
from shared.contracts.intake import MaterialsSent
from shared.contracts.topics import TOPICS
from shared.kernel.log import Row
from shared.kernel.reactions import Reaction
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.corrections import package
from shared.procedure.withdrawal import answer_requests


async def when_a_case_comes_then_open_its_expertise_and_answer_withdrawal(work: UnitOfWork, row: Row) -> None:
    """Which fact opens the examination only the procedure can say, so every fact is looked at."""
    case = await case_of(work, row.subject or "")
    await _open(work, case)
    await answer_requests(work, case)


async def _open(work: UnitOfWork, case: Case) -> None:
    opened = next((o for o in case.progress.open if o.step.kind == KIND), None)
    if opened is None or await work.find(Examination, Examination.create_id(case.application, opened.step.code)):
        return
    at = max((f.at for f in opened.rests_on), default=work.now)
    work.save(Examination(case.application, opened.step.code, materials_of(case), scales_of(case), at))


def materials_of(case: Case) -> tuple[str, ...]:
    """Digests of what is examined: what was sent, or the package where nothing is sent apart."""
    sent = case.newest(MaterialsSent)
    if sent and isinstance(sent.body, MaterialsSent):
        return sent.body.digests
    return tuple(d.digest for d in package(case) if d.digest)


def scales_of(case: Case) -> tuple[Scale, ...]:
    said = case.procedure.expertise
    return tuple(Scale(criterion=c.code, most=c.most) for c in (said.criteria if said else ()))


REACTIONS: dict[str, Reaction] = {
    topic.fact.name(): when_a_case_comes_then_open_its_expertise_and_answer_withdrawal
    for topic in TOPICS
    if issubclass(topic.fact, CaseFact)
}
