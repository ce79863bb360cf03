"""What a contract's facts mean to others."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.commission.contract.domain import Contract
from services.commission.stated import case_in, stated
from shared.contracts.commission import (
    CaseClosed,
    ContractDeclined,
    ContractDrawn,
    ContractPartySigned,
    ContractSigned,
)
from shared.contracts.common import PublicFact, StepDone
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork
from shared.procedure.kinds import PARTY_ROLES


def publish(event: DomainEvent, contract: Contract, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    return [(str(contract.terms.application), fact) for fact in _said(event, contract, work)]


def _said(event: DomainEvent, contract: Contract, work: UnitOfWork) -> Iterable[PublicFact]:
    match event:
        case Contract.Drawn(at=at):
            yield ContractDrawn(happened_at=at, parties=contract.terms.parties, digest=contract.digest)
        case Contract.Signed(party=party, signature=signature, at=at) if not contract.in_force:
            step = _signature(contract, party, at, work)
            yield ContractPartySigned(happened_at=at, step=step, digest=contract.digest, scan=signature.scan)
        case Contract.CameIntoForce(at=at):
            yield _signed_by_all(contract, event, work)
        case Contract.Declined(reason=reason, at=at):
            yield ContractDeclined(happened_at=at, ends="declined", rests_on=_custody(contract, work), reason=reason)
        case Contract.Closed(reason=reason, at=at):
            yield CaseClosed(happened_at=at, ends="closed", rests_on=_custody(contract, work), reason=reason)


def _custody(contract: Contract, work: UnitOfWork) -> tuple[UUID, ...]:
    return case_in(work, contract.terms.application).rests_on_custody


def _signed_by_all(contract: Contract, event: Contract.CameIntoForce, work: UnitOfWork) -> ContractSigned:
    """The last signature, with which the contract is in force: told as one fact."""
    party, signature = list(contract.signatures.items())[-1]
    step = _signature(contract, party, event.at, work)
    return ContractSigned(
        happened_at=event.at, step=step, parties=contract.terms.parties, digest=contract.digest, scan=signature.scan
    )


def _signature(contract: Contract, party: str, at: datetime, work: UnitOfWork) -> StepDone:
    """One party's answer, by the role in which that party signs."""
    step = stated(case_in(work, contract.terms.application), "sign-contract", at=at, part=party)
    return step.model_copy(update={"role": PARTY_ROLES.get(party, step.role)})
