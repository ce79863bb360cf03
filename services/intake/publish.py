"""Private fact to public facts: those of applications are public, accounts and packages stay here."""

from collections.abc import Iterable
from typing import Any

from services.intake.application.domain import Application
from services.intake.application.publish import of_application
from shared.contracts.common import PublicFact
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved; the case of its application has been read before."""
    if isinstance(aggregate, Application):
        subject = str(aggregate.application)
        for fact in of_application(event, aggregate, work.seen[subject]):
            yield subject, fact
