"""Private fact to public facts: those of sittings, contracts and results are public, the membership of bodies stays here."""

from collections.abc import Iterable
from typing import Any

from services.commission.contract.domain import Contract
from services.commission.contract.publish import publish as of_contract
from services.commission.result.domain import Result
from services.commission.result.publish import publish as of_result
from services.commission.sitting.domain import Sitting
from services.commission.sitting.publish import publish as of_sitting
from shared.contracts.common import PublicFact
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved; the cases that it concerns have been read before."""
    match aggregate:
        case Sitting():
            return of_sitting(event, aggregate, work)
        case Contract():
            return of_contract(event, aggregate, work)
        case Result():
            return of_result(event, aggregate, work)
        case _:
            return ()
