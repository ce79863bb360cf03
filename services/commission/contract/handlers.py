"""Commands on the contract: drawn with the approval, signed by its parties, declined by the applicant or closed."""

import hashlib
from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.commission.contract.domain import Contract, Terms, contract_of
from services.commission.contract.refusals import NotParty
from services.commission.sitting.domain import Sitting
from services.commission.stated import case_in
from shared.contracts.canonical import digest_of
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.kinds import APPLICANT, PARTY_ROLES
from shared.web.given import Acting, Command, Digest, Stated, Text

STEP = "sign-contract"


class SignContract(Stated):
    party: str = Field(max_length=64, examples=["financial-agency"])
    digest: Digest


class RecordPaperSignature(Stated):
    digest: Digest


class DeclineContract(Stated):
    reason: Text | None = None


class CloseCase(Command):
    reason: Text


async def draw_contracts(work: UnitOfWork, sitting: Sitting, at: datetime) -> None:
    """The contract of each application that the approved protocol grants, where the procedure ends in one."""
    for item in sitting.live:
        case = case_in(work, item.application)
        granted = item.count is not None and item.count.outcome == "granted"
        drawn = await work.find(Contract, contract_of(item.application))
        if granted and drawn is None and case.steps_of_kind(STEP):
            terms = _terms(case, sitting)
            channel, applicant = case.registered.channel, case.registered.applicant.account
            work.save(Contract(terms, terms.text, digest_of(terms.text), channel, applicant, at))


async def sign_contract(work: UnitOfWork, acting: Acting, application: UUID, command: SignContract) -> str:
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    if command.party not in contract.terms.parties:
        raise NotParty(parties=contract.terms.parties)
    role, provider = PARTY_ROLES[command.party], case.registered.provider
    if command.party != APPLICANT:
        acting.caller.must(role, provider=provider)
        acting.writes(work, role, provider=provider)
    contract.sign(command.party, acting.account, command.digest, at)
    _save(work, contract, case, at)
    return str(application)


async def record_paper_signature(
    work: UnitOfWork, acting: Acting, application: UUID, command: RecordPaperSignature, scan: bytes
) -> str:
    """The scan is kept last, when nothing refuses the signature any more."""
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    _at_the_counter(work, acting, case)
    documents.media_type_of(scan)
    contract.record_paper_signature(acting.account, hashlib.sha256(scan).hexdigest(), command.digest, at)
    signed = bool(contract.pending_events)
    _save(work, contract, case, at)
    if signed:
        await documents.keep(work.log.pool, work.keys, case.person, scan)
    return str(application)


async def decline_contract(work: UnitOfWork, acting: Acting, application: UUID, command: DeclineContract) -> str:
    """By the applicant, or recorded by the chancellery for one who filed on paper."""
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    reason = Personal(person=case.person, text=command.reason) if command.reason else None
    if acting.account != contract.applicant and acting.caller.holds(Role.CHANCELLERY):
        _at_the_counter(work, acting, case)
        contract.record_decline(reason, at)
    else:
        contract.decline(acting.account, reason, at)
    _save(work, contract, case, at)
    return str(application)


async def close_case(work: UnitOfWork, acting: Acting, application: UUID, command: CloseCase) -> str:
    """The head closes what is unsigned when its term has ended."""
    contract, case = await _read(work, acting, application)
    acting.caller.must(Role.HEAD, provider=case.registered.provider)
    acting.writes(work, Role.HEAD, provider=case.registered.provider)
    opened = case.progress.opened(case.step_of_kind(STEP).code)
    deadline = case.deadline(opened) if opened else None
    reason = Personal(person=case.person, text=command.reason)
    contract.close(reason, deadline.at if deadline else None, work.now)
    _save(work, contract, case, work.now)
    return str(application)


async def _read(work: UnitOfWork, acting: Acting, application: UUID) -> tuple[Contract, Case]:
    case = await case_of(work, application)
    contract = await work.load(Contract, contract_of(application))
    acting.must_know(contract)
    return contract, case


def _at_the_counter(work: UnitOfWork, acting: Acting, case: Case) -> None:
    """What follows is recorded by the provider's chancellery for the applicant. Raises NotYourProvider."""
    provider, applicant = case.registered.provider, case.registered.applicant.account
    acting.caller.must(Role.CHANCELLERY, provider=provider)
    acting.writes(work, Role.CHANCELLERY, provider=provider, on_behalf=applicant)


def _save(work: UnitOfWork, contract: Contract, case: Case, at: datetime) -> None:
    """Save what is new while signing is open. Raises StepNotOpenYet, CaseEnded, BeforeItsGround."""
    if contract.pending_events:
        case.open_for(case.step_of_kind(STEP).code, None, at, work.now)
    work.save(contract)


def _terms(case: Case, sitting: Sitting) -> Terms:
    return Terms(
        application=case.application,
        number=case.registered.number,
        parties=case.step_of_kind(STEP).parts,
        amount=case.corrected.get("project.amount") or case.registered.project.amount,
        protocol_number=sitting.drawn.number,
        protocol_digest=sitting.drawn.digest,
        edition=case.digest,
    )
