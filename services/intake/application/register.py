"""Registering a package: the edition in force, the checks, the package's one taker, the number, the account."""

from dataclasses import replace
from uuid import UUID, uuid4

from services.intake.account import find
from services.intake.application import submission
from services.intake.application.commands import RegisterApplication, RepresentativeGiven
from services.intake.application.domain import Application
from services.intake.application.find import next_number
from services.intake.application.package import Package, package_digest
from services.intake.edition import editions
from shared.contracts.intake import ApplicationRegistered
from shared.identity.tokens import Caller
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.editions import Published
from shared.procedure.facts import Fact
from shared.procedure.refusals import InTheFuture
from shared.web.commands import who


async def register_application(work: UnitOfWork, secret: bytes, caller: Caller, command: RegisterApplication) -> str:
    """Returns the application's id. Everything that may refuse comes before a number, a key or an account is made."""
    case = await _considered(work, secret, caller, command)
    registered, at = case.registered, case.registered.happened_at
    package = package_digest(secret, command.applicant.number, command.procedure, registered.documents)
    holder = await _holder(work, package)
    number = await next_number(work.log.pool, case.procedure.provider, at.astimezone(case.calendar.zone).date())
    case.registered = registered.model_copy(update={"number": number})
    account = await find.open_for(work, secret, command.applicant.number, case.person)
    if not account.grants:  # a clerk doesn't rename an official who applies
        account.call(case.registered.applicant.name, command.applicant.language)
    account.apply(case.application)
    if holder:
        holder.take(case.application, number)
    else:
        holder = Package(package=package, application=case.application, number=number)
    work.who = replace(work.who, on_behalf=case.person)
    work.seen[case.subject] = case
    for aggregate in (account, holder, Application(case.application, case.registered, command.consent)):
        work.save(aggregate)
    return case.subject


async def _considered(work: UnitOfWork, secret: bytes, caller: Caller, command: RegisterApplication) -> Case:
    """The case as it would be registered, when the procedure and its data allow that."""
    at = command.at or work.now
    published = await editions.in_force(work.log, command.procedure, at)
    procedure = published.edition.procedure
    step = next(step for _, step in procedure.steps.values() if step.kind == "register")
    work.who = who(caller, step.role, provider=procedure.provider.code)
    submission.check(command, procedure)
    person = await find.person_of(work, secret, command.applicant.number)
    scans = [d.digest for d in command.documents if d.digest]
    kept = await documents.kept(work.log.pool, person, scans)
    represented_by = await _account_of(work, secret, command.representative)
    draft = submission.draft(command, published, person, at, kept, represented_by)
    case = opening(work, uuid4(), draft, published)
    if command.receipt > work.now:
        raise InTheFuture(stated=case.local(command.receipt), now=case.local(work.now))
    case.open_for(step.code, caller, at, work.now)
    return case


async def _account_of(work: UnitOfWork, secret: bytes, given: RepresentativeGiven | None) -> UUID | None:
    found = await find.by_number(work, secret, given.number) if given else None
    return found.account if found and not found.erased else None


async def _holder(work: UnitOfWork, package: str) -> Package | None:
    """Who took the package last, if anybody did and has come to an end. Raises SamePackage."""
    holder = await work.find(Package, Package.create_id(package))
    if holder:
        earlier = await case_of(work, holder.application)
        holder.must_be_free(ended=earlier.progress.ended is not None)
    return holder


def opening(work: UnitOfWork, application: UUID, draft: ApplicationRegistered, published: Published) -> Case:
    """The case when only the receipt is known, before its registration is a fact."""
    receipt = Fact(UUID(int=0), work.service.name, 0, draft.name(), draft)
    return Case(work.service.name, str(application), [receipt], draft, published)
