"""A notice sent is told to everyone as ApplicantNotified."""

from collections.abc import Iterable
from typing import cast

from services.notification.notice.domain import Notice
from shared.contracts.common import PublicFact
from shared.contracts.notification import ApplicantNotified
from shared.kernel.events import Aggregate, DomainEvent
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case


def publish(event: DomainEvent, _: Aggregate, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    match event:
        case Notice.Sent():
            case = cast("Case", work.seen[str(event.application)])
            yield str(event.application), applicant_notified(event, case)


def applicant_notified(sent: Notice.Sent, case: Case) -> ApplicantNotified:
    return ApplicantNotified(
        happened_at=sent.at,
        step=case.completes(sent.step, outcome=sent.outcome, at=sent.at),
        notice=sent.notice,
        template=sent.template,
        channel=sent.channel,
    )
