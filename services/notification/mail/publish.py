"""What came of a delivery is told to everyone; attempts in between stay here."""

from collections.abc import Iterable

from services.notification.mail.domain import Delivery
from shared.contracts.common import PublicFact
from shared.contracts.notification import NoticeDelivered, NoticeNotDelivered
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, delivery: Delivery, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    said = {"happened_at": work.now, "message": delivery.message, "attempts": delivery.attempts}
    match event:
        case Delivery.Delivered():
            yield str(delivery.application), NoticeDelivered.model_validate(said)
        case Delivery.GivenUp(reason=reason):
            yield str(delivery.application), NoticeNotDelivered.model_validate({**said, "reason": reason})
