"""Private fact to public facts: who examines, and what they concluded. Opinions and conflicts stay here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from services.expertise.domain import Examination
from shared.contracts.common import PublicFact
from shared.contracts.expertise import ExpertiseConcluded, ExpertiseCorrected, ExpertsNamed
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case


def publish(event: DomainEvent, aggregate: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    """Called when a private fact is saved; the case has been read before."""
    if isinstance(aggregate, Examination):
        subject = str(aggregate.application)
        if said := _said(event, aggregate, work.seen[subject]):
            yield subject, said


def _said(event: DomainEvent, examination: Examination, case: Case) -> PublicFact | None:
    match event:
        case Examination.ExpertsNamed(at=at):
            return _experts(examination, "named", at)
        case Examination.ExpertReplaced(at=at):
            return _experts(examination, "replaced", at)
        case Examination.Concluded():
            return _concluded(event, examination, case)
        case Examination.Corrected():
            return _corrected(event, examination)
    return None


def _experts(examination: Examination, why: Literal["named", "replaced"], at: datetime) -> ExpertsNamed:
    assert examination.lead
    return ExpertsNamed(happened_at=at, experts=examination.experts, lead=examination.lead, why=why)


def _concluded(event: Examination.Concluded, examination: Examination, case: Case) -> ExpertiseConcluded:
    return ExpertiseConcluded(
        happened_at=event.at,
        step=case.completes(examination.step, at=event.at, pins=examination.materials),
        digest=event.digest,
        recommended=event.findings.recommended,
        points=event.findings.points,
        recommendations=event.findings.words,
    )


def _corrected(event: Examination.Corrected, examination: Examination) -> ExpertiseCorrected:
    return ExpertiseCorrected(
        happened_at=event.at,
        number=len(examination.conclusions),
        digest=event.digest,
        corrects=event.corrects,
        recommended=event.findings.recommended,
        points=event.findings.points,
        recommendations=event.findings.words,
        reason=event.reason,
    )
