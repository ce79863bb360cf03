"""What is done with a registered application: load, decide, save."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.intake.account.find import by_id
from services.intake.application import submission
from services.intake.application.commands import (
    Admit,
    AskToWithdraw,
    CorrectRegistration,
    NameExecutor,
    Refuse,
    SendMaterials,
)
from services.intake.application.domain import Application, Through
from services.intake.application.project import as_form, project_of
from services.intake.application.reads import version_of
from services.intake.application.refusals import NotAnExecutor
from shared.contracts.intake import ExecutorAssigned
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure import corrections
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.named import in_whose_place
from shared.procedure.refusals import (
    BeforeItsGround,
    CaseEnded,
    CorrectionsAwaited,
    InTheFuture,
    NotInCustody,
    UnknownApplication,
)
from shared.procedure.withdrawal import answer_requests, unanswered
from shared.web.commands import who
from shared.web.etag import must_be_current

NAME = "applicant.name"


async def admit(work: UnitOfWork, caller: Caller, case: Case, command: Admit) -> str:
    step, at, application = await _open(work, caller, case, "check", command.at)
    application.admit(step, at)
    return saved(work, application)


async def refuse(work: UnitOfWork, caller: Caller, case: Case, command: Refuse) -> str:
    step, at, application = await _open(work, caller, case, "check", command.at)
    grounds = [g.code for g in case.procedure.refusal_grounds]
    application.refuse(step, command.ground, command.reasons, grounds, at)
    return saved(work, application)


async def send_materials(work: UnitOfWork, caller: Caller, case: Case, command: SendMaterials) -> str:
    """Every document of the package goes by its digest; for one that came on paper a scan of it is given now."""
    step, at, application = await _open(work, caller, case, "send", command.at)
    kept = await documents.kept(work.log.pool, case.person, list(command.scans.values()))
    digests = submission.materials(corrections.package(case), command.scans, kept)
    application.send(step, digests, at)
    return saved(work, application)


async def name_executor(work: UnitOfWork, caller: Caller, case: Case, command: NameExecutor) -> str:
    """Name the executor; once that step is done, name another one while the case runs, whoever has it."""
    step, at = case.step_of_kind("assign"), command.at or work.now
    if case.progress.completion(step.code) is None:
        case.open_for(step.code, caller, at, work.now)
    work.who = who(caller, step.role, provider=case.registered.provider)
    must_be_running(case, at, work.now)
    if named := case.newest(ExecutorAssigned):
        case.must_follow(named.at, at, case.action_of(step.code))
    official = await by_id(work, command.executor)
    if not any((g.role, g.provider) == (Role.EXECUTOR, case.registered.provider) for g in official.grants):
        raise NotAnExecutor
    application = await work.load(Application, Application.create_id(case.application))
    application.name_executor(command.executor, at)
    return saved(work, application)


async def correct_registration(work: UnitOfWork, caller: Caller, case: Case, command: CorrectRegistration) -> str:
    """Names and contacts can be put right while the case runs, the project only until it is handed over: others have
    decided on it since."""
    at = command.at or work.now
    work.who = who(caller, Role.CHANCELLERY, provider=case.registered.provider)
    check = _must_be_ours if command.project else must_be_running
    check(case, at, work.now)
    application = await work.load(Application, Application.create_id(case.application))
    name = application.fields[NAME]
    for field, now in (*command.changes(), *_project_changes(case, application, command.project or {})):
        application.correct(field, now, command.reason, at)
    if application.fields[NAME] != name:
        account = await by_id(work, case.registered.applicant.account)
        account.call(Personal(person=case.person, text=application.fields[NAME]), account.language)
        work.save(account)
    return saved(work, application)


async def ask_to_withdraw(work: UnitOfWork, caller: Caller, case: Case, command: AskToWithdraw) -> str:
    """Recorded always while the case runs, and answered at once where intake has the case."""
    through, at = asks(work, caller, case, command.at)
    must_be_running(case, at, work.now)
    application = await work.load(Application, Application.create_id(case.application))
    application.ask_to_withdraw(through, at, waiting=bool(unanswered(case)))
    work.save(application)
    await answer_requests(work, case)
    return case.subject


async def the_case(work: UnitOfWork, application: UUID, expected: int | None = None) -> Case:
    """The case, when it is still at the version that the caller decided on. Raises UnknownApplication, Stale."""
    await work.expect([str(application)], [Application.create_id(application)])
    case = await case_of(work, application)
    must_be_current(expected, version_of(case))
    return case


async def _open(
    work: UnitOfWork, caller: Caller, case: Case, kind: str, stated: datetime | None
) -> tuple[str, datetime, Application]:
    """The step of this kind when the caller may do it now, perhaps on behalf of an executor who is away; its legal
    instant; and the application."""
    step, at = case.step_of_kind(kind), stated or work.now
    case.open_for(step.code, caller, at, work.now)
    _must_not_wait(case, step.code, at)
    application = await work.load(Application, Application.create_id(case.application))
    await as_official(work, caller, case, step.role, at)
    return step.code, at, application


def _must_not_wait(case: Case, step: str, at: datetime) -> None:
    """Raises CorrectionsAwaited while the applicant may still answer, BeforeItsGround for an instant before the answer."""
    free = corrections.free_from(case)
    allowed = case.procedure.corrections
    if free is None or allowed is None or allowed.during != step:
        return
    if corrections.unanswered(case) and at < free:
        raise CorrectionsAwaited(until=case.local(free), paragraph=allowed.paragraph)
    case.must_follow(free, at, case.action_of(step))


async def as_official(work: UnitOfWork, caller: Caller, case: Case, role: Role, at: datetime) -> None:
    """Whoever acts in this role; as executor only who was named, or acts for them. Raises AssignedToAnother."""
    place = await in_whose_place(work, caller.account, case, role, at)
    work.who = who(caller, role, provider=case.registered.provider, on_behalf=place)


def saved(work: UnitOfWork, application: Application) -> str:
    work.save(application)
    return str(application.application)


def asks(work: UnitOfWork, caller: Caller, case: Case, stated: datetime | None) -> tuple[Through, datetime]:
    """In the cabinet the applicant asks, now; at the counter the clerk records it, perhaps later."""
    applicant = case.registered.applicant.account
    if caller.account == applicant:
        work.who = who(caller, Role.APPLICANT)
        return "cabinet", work.now
    if not caller.holds(Role.CHANCELLERY):
        raise UnknownApplication
    work.who = replace(who(caller, Role.CHANCELLERY, provider=case.registered.provider), on_behalf=applicant)
    return "chancellery", stated or work.now


def _project_changes(case: Case, application: Application, given: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The project's changed fields, when it still fits the procedure's form."""
    if not given:
        return
    prefix = "project."
    now = {field.removeprefix(prefix): text for field, text in application.fields.items() if field.startswith(prefix)}
    mended = as_form(project_of(case.procedure, {**now, **given}))
    for field in given:
        yield prefix + field, mended[field]


def must_be_running(case: Case, at: datetime, now: datetime) -> None:
    if ended := case.progress.ended:
        raise CaseEnded(outcome=ended.outcome, ended_at=case.local(ended.at))
    if at > now:
        raise InTheFuture(stated=case.local(at), now=case.local(now))
    receipt = case.registered.moments["receipt"]
    if at < receipt:
        raise BeforeItsGround(stated=case.local(at), ground=case.local(receipt))


def _must_be_ours(case: Case, at: datetime, now: datetime) -> None:
    must_be_running(case, at, now)
    if not case.mine:
        raise NotInCustody(custodian=case.progress.custodian)
