"""What came of a delivery is told to everyone; attempts in between stay here."""

from collections.abc import Iterable
from typing import Any

from services.notification.mail.domain import Delivery
from shared.contracts.common import PublicFact
from shared.contracts.notification import (
    ConvocationDelivered,
    ConvocationNotDelivered,
    NoticeDelivered,
    NoticeNotDelivered,
)
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, delivery: Delivery, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Of a message to an applicant about the application, of a letter to a member about the sitting."""
    said: dict[str, Any] = {"happened_at": work.now, "attempts": delivery.attempts}
    delivered: type[PublicFact] = NoticeDelivered
    not_delivered: type[PublicFact] = NoticeNotDelivered
    if delivery.member:
        delivered, not_delivered = ConvocationDelivered, ConvocationNotDelivered
        said |= {"letter": delivery.message, "member": delivery.member}
    else:
        said |= {"message": delivery.message}
    match event:
        case Delivery.Delivered():
            yield str(delivery.subject), delivered.model_validate(said)
        case Delivery.GivenUp(reason=reason):
            yield str(delivery.subject), not_delivered.model_validate({**said, "reason": reason})
