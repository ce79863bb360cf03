"""Private fact to public facts: those of applications and absences are public; of accounts the contact is; packages stay here."""

from collections.abc import Iterable
from typing import Any

from services.intake.absence.domain import Absences
from services.intake.account.domain import Account
from services.intake.application.domain import Application
from services.intake.application.publish import of_application
from shared.contracts.common import PublicFact
from shared.contracts.intake import Absence, AbsencesRecorded, ContactGiven
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, aggregate: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved; the case of its application, or the account's facts, have been read before."""
    if isinstance(aggregate, Application):
        subject = str(aggregate.application)
        for fact in of_application(event, aggregate, work.seen[subject]):
            yield subject, fact
    if isinstance(aggregate, Account) and isinstance(event, Account.ContactGiven):
        given = ContactGiven(happened_at=work.now, email=event.email, language=event.language)
        yield str(aggregate.account), given
    if isinstance(aggregate, Absences):
        yield str(aggregate.executor), _absences(aggregate, work)


def _absences(absences: Absences, work: UnitOfWork) -> AbsencesRecorded:
    away = tuple(Absence(**a._asdict()) for a in absences.away)
    return AbsencesRecorded(happened_at=work.now, provider=absences.provider, absences=away)
