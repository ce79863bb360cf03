"""Public facts that whichever service has custody publishes: a topic per custodian, one schema."""

from uuid import UUID

from shared.contracts.common import CaseFact, Decision, ExtendsTerm, Instant, StartsClock, StopsClock
from shared.contracts.personal import Personal


class ApplicationWithdrawn(Decision):
    """The case ended because the applicant asked for it in time; `request` is the fact that asked."""

    request: UUID
    asked_at: Instant


class WithdrawalDeclined(CaseFact):
    """The applicant asked too late: when it was asked, when withdrawal shut and by which step. `contract_can_be_declined`
    tells one who asked before the vote closed what remains possible."""

    request: UUID
    asked_at: Instant
    shut_at: Instant
    shut_by: str
    contract_can_be_declined: bool = False


class CaseSuspended(StopsClock):
    """The custodian suspended the case, with the reason."""

    reason: Personal


class CaseResumed(StartsClock):
    """The custodian lets a suspended case go on before the instant that had been stated."""

    reason: Personal


class TermExtended(ExtendsTerm):
    """The custodian gave an action more time, with the reason."""

    reason: Personal
