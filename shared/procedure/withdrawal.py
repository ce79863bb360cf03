"""The custodian's answer to a request to withdraw: granted until the data shut it, declined after with both instants."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.contracts.case import ApplicationWithdrawn, WithdrawalDeclined
from shared.contracts.common import CaseFact
from shared.contracts.intake import WithdrawalRequested
from shared.contracts.topics import TOPICS
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.facts import Fact, legal_order
from shared.procedure.kinds import NOTIFICATION

Leave = Callable[[UnitOfWork, Case], Awaitable[None]]


def comings(service: str) -> set[str]:
    """The events that may bring this service a case, or a request to withdraw it: which hand-over it is only the procedure
    can say, so that each fact of another custodian is looked at."""
    others = [t.fact for t in TOPICS if t.owner not in (service, NOTIFICATION)]
    return {fact.name() for fact in others if issubclass(fact, CaseFact)}


async def answer_requests(work: UnitOfWork, case: Case, leave: Leave | None = None) -> None:
    """Only the custodian answers, also when the case has ended meanwhile in what shut withdrawal; a request that came
    before custody is answered when custody comes. `leave`: what a withdrawal means to the service beside its answer."""
    for request in unanswered(case):
        if case.mine and (shut_by(case) or not case.progress.ended):
            said = answer(case, request, work.now)
            if leave and isinstance(said, ApplicationWithdrawn):
                await leave(work, case)
            work.record(case.subject, said)


def unanswered(case: Case) -> list[Fact]:
    """The requests that no answer names, oldest first."""
    answers = [f.body for f in case.facts.values() if isinstance(f.body, ApplicationWithdrawn | WithdrawalDeclined)]
    answered = {a.request for a in answers if isinstance(a, ApplicationWithdrawn | WithdrawalDeclined)}
    asked = [f for f in case.facts.values() if isinstance(f.body, WithdrawalRequested) and f.id not in answered]
    return sorted(asked, key=lambda f: f.version)


def shut_by(case: Case) -> Fact | None:
    """The first fact that counts and shut withdrawal, if any has."""
    shut = [
        fact
        for after in case.procedure.withdrawal.until
        if (done := case.progress.completion(after.step)) and after.outcome in (None, done.outcome)
        for fact in done.facts
    ]
    return min(shut, key=legal_order, default=None)


def answer(case: Case, request: Fact, now: datetime) -> ApplicationWithdrawn | WithdrawalDeclined:
    """What the custodian says to this request; the order in its own log counts, and it is asked at its turn."""
    shut = shut_by(case)
    if shut is None:
        return ApplicationWithdrawn(
            happened_at=max(now, request.at),
            ends="withdrawn",
            rests_on=case.rests_on_custody,
            request=request.id,
            asked_at=request.at,
        )
    return WithdrawalDeclined(
        happened_at=max(now, request.at),
        request=request.id,
        asked_at=request.at,
        shut_at=shut.at,
        shut_by=shut.step.step if shut.step else "",
        contract_can_be_declined=request.at <= shut.at and _leads_to_contract(case, shut),
    )


def _leads_to_contract(case: Case, shut: Fact) -> bool:
    """Whether there is, or can be, a contract to decline after what shut withdrawal."""
    refused = shut.step is not None and shut.step.outcome == "refused"
    return not refused and not case.progress.ended and bool(case.steps_of_kind("sign-contract"))
