"""What follows at the counter when others' facts come."""

from shared.kernel.log import Row
from shared.kernel.reactions import Reaction
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of
from shared.procedure.withdrawal import answer_requests, comings


async def when_a_case_comes_back_then_answer_withdrawal(work: UnitOfWork, row: Row) -> None:
    """One that was asked while another service had the case, and is still without an answer."""
    await answer_requests(work, await case_of(work, row.subject or ""))


REACTIONS: dict[str, Reaction] = dict.fromkeys(comings("intake"), when_a_case_comes_back_then_answer_withdrawal)
