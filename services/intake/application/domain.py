"""An application at the counter: registered, corrected, assigned, checked, sent on, asked to be withdrawn.

Whether a step is open, for whom and from when is the case's knowledge; here are the rules of the application itself.
"""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from collections.abc import Container
from datetime import datetime
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event

from services.intake.application.project import as_form
from services.intake.application.refusals import NothingToCorrect, UnknownGround
from shared.contracts.intake import ApplicationRegistered, Document
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent

Through = Literal["cabinet", "chancellery"]


class Application(Aggregate):
    """One application in intake's hands (000 §5.1-5.2)."""

    class Registered(Aggregate.Created):
        application: UUID
        registration: ApplicationRegistered
        consent: bool

    class Corrected(Aggregate.Event):
        field: str
        was: Personal
        now: Personal
        reason: str
        at: datetime

    class CorrectionsAsked(Aggregate.Event):
        documents: tuple[str, ...]
        reasons: Personal
        at: datetime
        until: datetime

    class PackageCorrected(Aggregate.Event):
        """`request`: the public fact that asked."""

        request: UUID
        documents: tuple[Document, ...]
        through: Through
        at: datetime

    class ExecutorNamed(Aggregate.Event):
        executor: UUID
        at: datetime

    class Admitted(Aggregate.Event):
        step: str
        at: datetime

    class Refused(Aggregate.Event):
        step: str
        ground: str
        reasons: Personal
        at: datetime

    class Sent(Aggregate.Event):
        """`digests`: of everything sent; none in old facts, where it was every scan of the package."""

        step: str
        at: datetime
        digests: tuple[str, ...] | None = None

    class AskedToWithdraw(Aggregate.Event):
        through: Through
        at: datetime

    @staticmethod
    def create_id(application: UUID) -> str:
        return f"application:{application}"

    @event(Registered)
    def __init__(self, application: UUID, registration: ApplicationRegistered, consent: bool) -> None:
        self.application, self.person = application, registration.applicant.person
        self.digests = tuple(d.digest for d in registration.documents if d.digest)
        self.fields = fields_of(registration)
        self.executor: UUID | None = None

    # -- rules

    def correct(self, field: str, now: str, reason: str, at: datetime) -> None:
        """Put a clerk's slip right; the old value stays in the facts. Raises NothingToCorrect."""
        if field not in self.fields:
            raise NothingToCorrect(field=field)
        was = self.fields[field]
        if was != now:
            self._corrected(field, self._sealed(was), self._sealed(now), reason, at)

    def ask_for_corrections(self, documents: tuple[str, ...], reasons: str, at: datetime, until: datetime) -> None:
        """Ask the applicant to put these documents right until then."""
        self._corrections_asked(documents, self._sealed(reasons), at, until)

    def correct_package(self, request: UUID, documents: tuple[Document, ...], through: Through, at: datetime) -> None:
        """The applicant's answer to a request."""
        self._package_corrected(request, documents, through, at)

    def name_executor(self, executor: UUID, at: datetime) -> None:
        """Name the executor, or another one."""
        if executor != self.executor:
            self._executor_named(executor, at)

    def admit(self, step: str, at: datetime) -> None:
        self._admitted(step, at)

    def refuse(self, step: str, ground: str, reasons: str, grounds: Container[str], at: datetime) -> None:
        """Refuse on one of the procedure's grounds. Raises UnknownGround."""
        if ground not in grounds:
            raise UnknownGround(ground=ground, known=grounds)
        self._refused(step, ground, self._sealed(reasons), at)

    def send(self, step: str, digests: tuple[str, ...], at: datetime) -> None:
        """Send the materials on to the national institute."""
        self._sent(step, at, digests)

    def ask_to_withdraw(self, through: Through, at: datetime, *, waiting: bool) -> None:
        """`waiting`: an earlier request has no answer yet, so that asking again adds nothing."""
        if not waiting:
            self._asked_to_withdraw(through, at)

    def _sealed(self, text: str) -> Personal:
        return Personal(person=self.person, text=text)

    # -- facts

    @event(Corrected)
    def _corrected(self, field: str, was: Personal, now: Personal, reason: str, at: datetime) -> None:
        self.fields[field] = now.text or ""

    @event(CorrectionsAsked)
    def _corrections_asked(
        self, documents: tuple[str, ...], reasons: Personal, at: datetime, until: datetime
    ) -> None: ...

    @event(PackageCorrected)
    def _package_corrected(
        self, request: UUID, documents: tuple[Document, ...], through: Through, at: datetime
    ) -> None: ...

    @event(ExecutorNamed)
    def _executor_named(self, executor: UUID, at: datetime) -> None:
        self.executor = executor

    @event(Admitted)
    def _admitted(self, step: str, at: datetime) -> None: ...

    @event(Refused)
    def _refused(self, step: str, ground: str, reasons: Personal, at: datetime) -> None: ...

    @event(Sent)
    def _sent(self, step: str, at: datetime, digests: tuple[str, ...]) -> None: ...

    @event(AskedToWithdraw)
    def _asked_to_withdraw(self, through: Through, at: datetime) -> None: ...


def fields_of(registration: ApplicationRegistered) -> dict[str, str]:
    """What of a registration can be put right, as text; empty where the person was erased."""
    applicant, project, representative = registration.applicant, registration.project, registration.representative
    fields = {
        "applicant.name": applicant.name.text,
        "applicant.phone": applicant.phone.text,
        "applicant.email": applicant.email.text,
        "applicant.language": applicant.language,
        **({"representative.name": representative.name.text} if representative else {}),
        **{f"project.{name}": text for name, text in as_form(project).items()},
    }
    return {field: text or "" for field, text in fields.items()}


STORED: dict[str, type[DomainEvent]] = {
    "application.registered": Application.Registered,
    "application.corrected": Application.Corrected,
    "application.corrections-asked": Application.CorrectionsAsked,
    "application.package-corrected": Application.PackageCorrected,
    "application.executor-named": Application.ExecutorNamed,
    "application.admitted": Application.Admitted,
    "application.refused": Application.Refused,
    "application.sent": Application.Sent,
    "application.asked-to-withdraw": Application.AskedToWithdraw,
}
