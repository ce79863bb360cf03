"""Corrections asked of the applicant: asked by an official, answered in the cabinet or at the counter."""

from services.intake.application import submission
from services.intake.application.commands import AskForCorrections, CorrectPackage
from services.intake.application.domain import Application
from services.intake.application.handlers import as_official, asks, must_be_running, saved
from services.intake.application.refusals import AnswerTooLate, AskedTooOften, NothingAsked
from shared.calendar.due import due
from shared.identity.tokens import Caller
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure import corrections
from shared.procedure.case import Case
from shared.procedure.refusals import NotProvidedFor
from shared.procedure.terms import Corrections


async def ask_for_corrections(work: UnitOfWork, caller: Caller, case: Case, command: AskForCorrections) -> str:
    """Raises NotProvidedFor, AskedTooOften, UnknownDocuments, and what the step refuses with."""
    at, allowed = command.at or work.now, _allowed(case)
    caller.must(allowed.role, provider=case.registered.provider)
    case.open_for(allowed.during, None, at, work.now)
    if len(corrections.asked(case)) >= allowed.times:
        raise AskedTooOften(times=allowed.times, paragraph=allowed.paragraph)
    submission.must_be_known(command.documents, case.procedure)
    application = await work.load(Application, Application.create_id(case.application))
    await as_official(work, caller, case, allowed.role, at)
    until = due(at, allowed.term, case.calendar).at
    application.ask_for_corrections(command.documents, command.reasons, at, until)
    return saved(work, application)


async def correct_package(work: UnitOfWork, caller: Caller, case: Case, command: CorrectPackage) -> str:
    """Raises NothingAsked, AnswerTooLate, and what a package refuses with."""
    through, at = asks(work, caller, case, command.at)
    must_be_running(case, at, work.now)
    waiting, allowed = corrections.unanswered(case), _allowed(case)
    if waiting is None:
        raise NothingAsked
    request, asked = waiting
    case.must_follow(request.at, at, case.action_of(allowed.during))
    if at > asked.until:
        raise AnswerTooLate(until=case.local(asked.until), paragraph=allowed.paragraph)
    scans = [d.digest for d in command.documents if d.digest]
    kept = await documents.kept(work.log.pool, case.person, scans)
    submission.must_be_known([d.code for d in command.documents], case.procedure)
    submission.must_hold(asked.documents, command.documents)
    application = await work.load(Application, Application.create_id(case.application))
    application.correct_package(request.id, submission.documents_of(command.documents, kept), through, at)
    return saved(work, application)


def _allowed(case: Case) -> Corrections:
    if case.procedure.corrections is None:
        raise NotProvidedFor(what="corrections")
    return case.procedure.corrections
