"""Corrections asked of the applicant: what waits for an answer, and the package as it stands after the answers."""

from datetime import datetime

from shared.contracts.intake import CorrectionsAsked, Document, PackageCorrected
from shared.procedure.case import Case
from shared.procedure.facts import Fact


def asked(case: Case) -> list[tuple[Fact, CorrectionsAsked]]:
    """Every time that corrections were asked for, oldest first."""
    found = [(f, f.body) for f in case.facts.values() if isinstance(f.body, CorrectionsAsked)]
    return sorted(found, key=lambda pair: pair[0].version)


def answers(case: Case) -> list[tuple[Fact, PackageCorrected]]:
    """The applicant's answers, oldest first."""
    found = [(f, f.body) for f in case.facts.values() if isinstance(f.body, PackageCorrected)]
    return sorted(found, key=lambda pair: pair[0].version)


def unanswered(case: Case) -> tuple[Fact, CorrectionsAsked] | None:
    """The newest request, unless it has an answer; it may be too late for one."""
    answered = {body.stopped_by for _, body in answers(case)}
    return next((pair for pair in asked(case)[-1:] if pair[0].id not in answered), None)


def free_from(case: Case) -> datetime | None:
    """Until when the step that corrections were asked in has to wait: the last answer, or the end of the term for one."""
    if waiting := unanswered(case):
        return waiting[1].until
    return max((fact.at for fact, _ in answers(case)), default=None)


def package(case: Case) -> tuple[Document, ...]:
    """The documents as they stand: each corrected one in the place of the one before, new ones behind."""
    found = {d.code: d for d in case.registered.documents}
    for _, body in answers(case):
        found |= {d.code: d for d in body.documents}
    return tuple(found.values())
