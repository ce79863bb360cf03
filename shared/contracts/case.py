"""Public facts that whichever service has custody publishes: a topic per custodian, one schema."""

from uuid import UUID

from shared.contracts.common import CaseFact, Ending, Instant


class ApplicationWithdrawn(Ending):
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
