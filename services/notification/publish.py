"""Private fact to public facts: notices, and what came of their delivery."""

from collections.abc import Iterable
from typing import Any

from services.notification.mail.domain import Delivery
from services.notification.mail.publish import publish as of_delivery
from services.notification.notice.publish import publish as of_notice
from shared.contracts.common import PublicFact
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved; the case has been read before."""
    return of_delivery(event, aggregate, work) if isinstance(aggregate, Delivery) else of_notice(event, aggregate, work)
