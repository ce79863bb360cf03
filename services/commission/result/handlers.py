"""Commands on a result: each by the role that the procedure names for its step, when that step is open."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from services.commission.result.domain import Channel, Result, result_of
from services.commission.result.numbers import next_number
from services.commission.result.papers import Terms, digests, papers_of, texts
from services.commission.result.refusals import NoResultYet
from services.commission.sitting.domain import Sitting
from services.commission.sitting.reading import body_of
from shared.contracts.commission import ApplicationDecided, ProtocolDrawn
from shared.contracts.common import PublicFact
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.identity.tokens import NotYourBody
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.named import in_whose_place
from shared.web.given import Acting, Digest, Stated

F = TypeVar("F", bound=PublicFact)


class PrepareResult(Stated):
    pass


class SignResult(Stated):
    papers: dict[str, Digest] = Field(description="The digest of each paper", max_length=10)


class RegisterResult(Stated):
    pass


class IssueResult(Stated):
    channel: Channel = Field("paper", description="`paper`: handed over or posted; `cabinet`: shown there only")


async def prepare_result(work: UnitOfWork, acting: Acting, application: UUID, command: PrepareResult) -> str:
    """The papers, from the protocol as it stands."""
    at, case = await _open(work, acting, application, "prepare-result", command)
    result = await work.find(Result, result_of(application))
    terms, reasons = _decided(case)
    said = digests(texts(terms, reasons.text))
    if result is None:
        result = Result(terms, reasons, said, at)
    else:
        acting.must_know(result)
        result.prepare_anew(terms, reasons, said, at)
    return _saved(work, result)


async def sign_result(work: UnitOfWork, acting: Acting, application: UUID, command: SignResult) -> str:
    at, _ = await _open(work, acting, application, "sign-result", command)
    result = await _result(work, acting, application)
    result.sign(acting.account, command.papers, at)
    return _saved(work, result)


async def register_result(work: UnitOfWork, acting: Acting, application: UUID, command: RegisterResult) -> str:
    """Each paper gets the next number of its register."""
    at, case = await _open(work, acting, application, "register-result", command)
    result = await _result(work, acting, application)
    day = at.astimezone(case.calendar.zone).date()
    provider = case.procedure.provider
    numbers = {paper: await next_number(work.log.pool, provider, paper, day) for paper in result.digests}
    result.register(numbers, at)
    return _saved(work, result)


async def issue_result(work: UnitOfWork, acting: Acting, application: UUID, command: IssueResult) -> str:
    at, _ = await _open(work, acting, application, "issue", command)
    result = await _result(work, acting, application)
    result.issue(command.channel, at)
    return _saved(work, result)


async def _open(
    work: UnitOfWork, acting: Acting, application: UUID, kind: str, command: Stated
) -> tuple[datetime, Case]:
    """The case when its step of this kind is open for this caller, and the legal instant. Raises StepNotOpenYet,
    AlreadyDone, CaseEnded, NotYourProvider, NotYourBody, AssignedToAnother."""
    at, case = command.instant(work), await case_of(work, application)
    step = case.step_of_kind(kind)
    case.open_for(step.code, acting.caller, at, work.now)
    if step.role == Role.SECRETARY:
        await must_be_secretary(work, acting.account, case)
    place = await in_whose_place(work, acting.account, case, step.role, at)
    acting.writes(work, step.role, provider=case.registered.provider, on_behalf=place)
    return at, case


async def must_be_secretary(work: UnitOfWork, account: UUID, case: Case) -> None:
    """Whoever is the secretary today of the body that decided. Raises NotYourBody."""
    sitting = await work.load(Sitting, Sitting.create_id(_said(case, ApplicationDecided).sitting))
    body = await body_of(work, sitting.body)
    if body.on(sitting.terms.day(work.now)).secretary != account:
        raise NotYourBody(role=Role.SECRETARY)


async def _result(work: UnitOfWork, acting: Acting, application: UUID) -> Result:
    result = await work.find(Result, result_of(application))
    if result is None:
        raise NoResultYet
    acting.must_know(result)
    return result


def _decided(case: Case) -> tuple[Terms, Personal]:
    """What was decided on the application, and why."""
    decided, drawn = _said(case, ApplicationDecided), _said(case, ProtocolDrawn)
    procedure, project = case.procedure, case.registered.project
    given = procedure.given.papers if procedure.given else (procedure.result,)
    assert decided.step
    terms = Terms.model_validate(
        {
            "application": case.application,
            "number": case.registered.number,
            "papers": papers_of(given, decided.step.outcome),
            "outcome": decided.step.outcome,
            "body": procedure.body.kind,
            "protocol_number": drawn.number,
            "protocol_digest": drawn.digest,
            "title": case.corrected.get("project.title") or project.title,
            "amount": case.corrected.get("project.amount") or project.amount,
            "edition": case.digest,
        }
    )
    return terms, decided.reasons


def _said(case: Case, kind: type[F]) -> F:
    """The newest fact of this event. Raises NoResultYet."""
    found = case.newest(kind)
    if found is None or not isinstance(found.body, kind):
        raise NoResultYet
    return found.body


def _saved(work: UnitOfWork, result: Result) -> str:
    work.save(result)
    return str(result.terms.application)
