"""What follows by itself when a fact about an application has come."""

from services.notification.deadline.domain import to_withdraw
from services.notification.notice.handlers import tell_what_goes_out_by_itself
from shared.contracts.common import CaseFact
from shared.contracts.topics import TOPICS
from shared.kernel.log import Row
from shared.kernel.reactions import Reaction
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of


async def when_a_case_moves_then_tell_and_withdraw_wrong_escalations(work: UnitOfWork, row: Row) -> None:
    """Which step a fact opens only the case can say, so every fact is looked at."""
    case = await case_of(work, row.subject or "")
    await tell_what_goes_out_by_itself(work, case)
    for fact in list(to_withdraw(case, work.now)):
        work.record(case.subject, fact)


REACTIONS: dict[str, Reaction] = {
    topic.fact.name(): when_a_case_moves_then_tell_and_withdraw_wrong_escalations
    for topic in TOPICS
    if issubclass(topic.fact, CaseFact)
}
