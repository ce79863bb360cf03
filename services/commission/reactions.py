"""What follows in the commission when others' facts come."""

from uuid import UUID

from services.commission.sitting.reading import sitting_of
from shared.contracts.commission import ApplicationScheduled
from shared.contracts.intake import ApplicantErased
from shared.kernel import documents
from shared.kernel.log import Row
from shared.kernel.reactions import Reaction
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.withdrawal import answer_requests, comings


class Overtaken(Exception):
    """The vote on an item was closed after its case had been read: it has to be read again."""


async def when_a_case_comes_then_answer_withdrawal(work: UnitOfWork, row: Row) -> None:
    await answer_requests(work, await case_of(work, row.subject or ""), _take_off_agenda)


async def when_applicant_erased_then_forget_their_scans(work: UnitOfWork, row: Row) -> None:
    await documents.forget(work.log.pool, UUID(row.subject))


async def _take_off_agenda(work: UnitOfWork, case: Case) -> None:
    scheduled = case.newest(ApplicationScheduled)
    if scheduled is None or not isinstance(scheduled.body, ApplicationScheduled):
        return
    sitting = await sitting_of(work, scheduled.body.sitting)
    item = sitting.items.get(case.application)
    if item and item.count and not item.off:
        raise Overtaken
    if item and not item.off:
        sitting.take_off(case.application, "withdrawn", work.now)
        work.save(sitting)


REACTIONS: dict[str, Reaction] = {
    **dict.fromkeys(comings("commission"), when_a_case_comes_then_answer_withdrawal),
    ApplicantErased.name(): when_applicant_erased_then_forget_their_scans,
}
