"""Commands on an expertise: load, decide, save."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.expertise.conclusion import Findings
from services.expertise.deciders import members_among
from services.expertise.domain import Examination
from services.expertise.refusals import DecidesTheCase, NoSuchExpert, NotUnderExpertise, PartyToTheCase
from shared.contracts.personal import NoKeys, Personal
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.refusals import CaseEnded
from shared.web.given import Acting, Stated, Text

KIND = "examine"
Points = dict[str, int]


class NameExperts(Stated):
    experts: tuple[UUID, ...] = Field(min_length=1, max_length=50)
    lead: UUID = Field(description="Who of them files the conclusion")


class DeclareConflict(Stated):
    reason: Text


class ReplaceExpert(Stated):
    by: UUID = Field(description="The new expert")
    reason: Text


class GiveFindings(Stated):
    """An opinion, or the conclusion; `words` say why, to the commission and the applicant's case."""

    points: Points = Field(default_factory=dict, max_length=100, examples=[{"novelty": 4, "feasibility": 3}])
    recommended: bool
    words: Text


class CorrectConclusion(GiveFindings):
    reason: Text = Field(description="Why there is a later version; names no person")


async def name_experts(work: UnitOfWork, acting: Acting, application: UUID, command: NameExperts) -> str:
    at, examination = await _open(work, acting, application, Role.INSTITUTE_HEAD, command)
    await _must_be_free(work, application, command.experts)
    examination.name_experts(tuple(dict.fromkeys(command.experts)), command.lead, at)
    return _saved(work, examination)


async def declare_conflict(work: UnitOfWork, acting: Acting, application: UUID, command: DeclareConflict) -> str:
    at, examination = await _open(work, acting, application, Role.INSTITUTE_EXPERT, command)
    await work.learn_persons([acting.account])
    examination.declare_conflict(acting.account, Personal(person=acting.account, text=command.reason), at)
    return _saved(work, examination)


async def replace_expert(
    work: UnitOfWork, acting: Acting, application: UUID, expert: UUID, command: ReplaceExpert
) -> str:
    at, examination = await _open(work, acting, application, Role.INSTITUTE_HEAD, command)
    await _must_be_free(work, application, [command.by])
    await work.learn_persons([expert])
    examination.replace(expert, command.by, Personal(person=expert, text=command.reason), at)
    return _saved(work, examination)


async def give_opinion(work: UnitOfWork, acting: Acting, application: UUID, command: GiveFindings) -> str:
    at, examination = await _open(work, acting, application, Role.INSTITUTE_EXPERT, command)
    examination.give_opinion(acting.account, _findings(work, application, command), at)
    return _saved(work, examination)


async def file_conclusion(work: UnitOfWork, acting: Acting, application: UUID, command: GiveFindings) -> str:
    """The expertise is done with it: the case goes to the body that decides."""
    at, examination = await _open(work, acting, application, Role.INSTITUTE_EXPERT, command, of_all=True)
    examination.conclude(acting.account, _findings(work, application, command), at)
    return _saved(work, examination)


async def correct_conclusion(work: UnitOfWork, acting: Acting, application: UUID, command: CorrectConclusion) -> str:
    """Possible while the case runs, whoever has it; what was decided before pins the version that it saw."""
    at, examination = await _open(work, acting, application, Role.INSTITUTE_EXPERT, command)
    findings = _findings(work, application, command)
    examination.correct(acting.account, findings, command.reason, at)
    return _saved(work, examination)


async def examination_of(work: UnitOfWork, case: Case) -> Examination:
    """The examination of the case's present step. Raises NoSuchStep, NotUnderExpertise."""
    step = case.step_of_kind(KIND).code
    found = await work.find(Examination, Examination.create_id(case.application, step))
    if found is None:
        raise NotUnderExpertise
    return found


async def _open(
    work: UnitOfWork, acting: Acting, application: UUID, role: Role, command: Stated, *, of_all: bool = False
) -> tuple[datetime, Examination]:
    """The examination, for one who holds this role for the case's provider, while the case runs; and the legal instant,
    never before the materials came, nor before what is rested on. Whether the step is open is said when it is completed.
    """
    at, case = command.instant(work), await case_of(work, application)
    acting.caller.must(role, provider=case.registered.provider)
    acting.writes(work, role, provider=case.registered.provider)
    examination = await examination_of(work, case)
    acting.must_know(examination)
    if ended := case.progress.ended:
        raise CaseEnded(outcome=ended.outcome, ended_at=case.local(ended.at))
    case.check_instant(at, work.now, examination.step)
    case.must_follow(examination.ground(of_all=of_all), at, case.action_of(examination.step))
    return at, examination


def _findings(work: UnitOfWork, application: UUID, command: GiveFindings) -> Findings:
    case: Case = work.seen[str(application)]
    words = Personal(person=case.person, text=command.words)
    return Findings(points=command.points, recommended=command.recommended, words=words)


async def _must_be_free(work: UnitOfWork, application: UUID, accounts: Sequence[UUID]) -> None:
    """Who has an account has a key; nobody examines their own case, nor one that they vote on. Raises NoSuchExpert,
    PartyToTheCase, DecidesTheCase."""
    case: Case = work.seen[str(application)]
    if parties_of(case) & set(accounts):
        raise PartyToTheCase
    if deciding := await members_among(work.log.pool, case.registered, accounts):
        raise DecidesTheCase(experts=deciding)
    await work.learn_persons(accounts)
    try:
        for account in accounts:
            work.keys.seal(account, "")
    except NoKeys:
        raise NoSuchExpert from None


def parties_of(case: Case) -> set[UUID]:
    """The accounts, as far as they are known, of who applies and of who acts for them."""
    applicant, representative = case.registered.applicant, case.registered.representative
    return {a for a in (applicant.account, representative and representative.account) if a}


def _saved(work: UnitOfWork, examination: Examination) -> str:
    work.save(examination)
    return str(examination.application)
