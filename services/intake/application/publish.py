"""What an application's private facts mean in public."""

from collections.abc import Iterable

from services.intake.application.domain import Application
from shared.contracts.common import PublicFact
from shared.contracts.intake import (
    ApplicationAdmitted,
    ApplicationRefused,
    ApplicationRegistered,
    CorrectionsAsked,
    ExecutorAssigned,
    MaterialsSent,
    PackageCorrected,
    RegistrationCorrected,
    WithdrawalRequested,
)
from shared.kernel.events import DomainEvent
from shared.procedure.case import Case, because


def of_application(event: DomainEvent, application: Application, case: Case) -> Iterable[PublicFact]:
    match event:
        case Application.Registered():
            yield registered(event, case)
        case Application.Corrected():
            yield RegistrationCorrected(
                happened_at=event.at, field=event.field, was=event.was, now=event.now, reason=event.reason
            )
        case Application.CorrectionsAsked():
            yield CorrectionsAsked(
                happened_at=event.at,
                rests_on=case.rests_on_custody,
                until=event.until,
                documents=event.documents,
                reasons=event.reasons,
            )
        case Application.PackageCorrected():
            yield PackageCorrected(
                happened_at=event.at,
                rests_on=case.rests_on_custody,
                stopped_by=event.request,
                documents=event.documents,
                handed_in_through=event.through,
            )
        case Application.ExecutorNamed():
            yield executor_assigned(event, case)
        case Application.Admitted():
            step = case.completes(event.step, outcome="admitted", at=event.at)
            yield ApplicationAdmitted(happened_at=event.at, step=step)
        case Application.Refused():
            step = case.completes(event.step, outcome="refused", at=event.at)
            yield ApplicationRefused(happened_at=event.at, step=step, ground=event.ground, reasons=event.reasons)
        case Application.Sent():
            digests = event.digests if event.digests is not None else application.digests
            step = case.completes(event.step, at=event.at, pins=digests)
            yield MaterialsSent(happened_at=event.at, step=step, digests=digests)
        case Application.AskedToWithdraw():
            yield WithdrawalRequested(happened_at=event.at, asked_through=event.through)


def registered(event: Application.Registered, case: Case) -> ApplicationRegistered:
    """The registration with its deadline and the total due instant."""
    at = event.registration.happened_at
    total = case.total_due(event.registration.moments["receipt"])
    step = case.completes(case.step_of_kind("register").code, at=at)
    return event.registration.model_copy(
        update={"step": step, "total_due": total and total.at, "total_because": because(total) if total else ()}
    )


def executor_assigned(event: Application.ExecutorNamed, case: Case) -> ExecutorAssigned:
    """The first naming completes the step; a later one unmakes nothing."""
    step = case.step_of_kind("assign").code
    opened = case.progress.opened(step)
    done = case.completes(step, at=event.at) if opened else None
    return ExecutorAssigned(happened_at=event.at, step=done, executor=event.executor)
