"""Commands on the contract: drawn with the approval, signed by its parties, declined by the applicant or closed."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.commission.commands import Acting, Command, Digest, Stated, Text
from services.commission.contract.domain import APPLICANT, SIGNER, Contract, Terms, contract_of
from services.commission.contract.refusals import NotParty
from services.commission.sitting.domain import Sitting
from services.commission.stated import case_in
from shared.contracts.intake import RegistrationCorrected
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of

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
            registered = case.registered
            work.save(Contract(terms, terms.digest, registered.channel, registered.applicant.account, at))


async def sign_contract(work: UnitOfWork, acting: Acting, application: UUID, command: SignContract) -> str:
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    if command.party not in contract.terms.parties:
        raise NotParty(parties=contract.terms.parties)
    if command.party != APPLICANT:
        acting.caller.must(SIGNER[command.party], provider=case.registered.provider)
    contract.sign(command.party, acting.account, command.digest, at)
    _save(work, contract, case, at)
    return str(application)


async def record_paper_signature(
    work: UnitOfWork, acting: Acting, application: UUID, command: RecordPaperSignature, scan: bytes
) -> str:
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    acting.caller.must(Role.CHANCELLERY, provider=case.registered.provider)
    kept = await documents.keep(work.log.pool, work.keys, case.person, scan)
    contract.record_paper_signature(acting.account, kept.digest, command.digest, at)
    _save(work, contract, case, at)
    return str(application)


async def decline_contract(work: UnitOfWork, acting: Acting, application: UUID, command: DeclineContract) -> str:
    at = command.instant(work)
    contract, case = await _read(work, acting, application)
    reason = Personal(person=case.person, text=command.reason) if command.reason else None
    contract.decline(acting.account, reason, at)
    _save(work, contract, case, at)
    return str(application)


async def close_case(work: UnitOfWork, acting: Acting, application: UUID, command: CloseCase) -> str:
    """The head closes what is unsigned when its term has ended."""
    contract, case = await _read(work, acting, application)
    acting.caller.must(Role.HEAD, provider=case.registered.provider)
    opened = case.progress.opened(case.step_of_kind(STEP).code)
    deadline = case.deadline(opened) if opened else None
    contract.close(command.reason, deadline.at if deadline else None, work.now)
    _save(work, contract, case, work.now)
    return str(application)


async def _read(work: UnitOfWork, acting: Acting, application: UUID) -> tuple[Contract, Case]:
    case = await case_of(work, application)
    contract = await work.load(Contract, contract_of(application))
    acting.must_know(contract)
    return contract, case


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
        amount=_amount(case),
        protocol_number=sitting.drawn.number,
        protocol_digest=sitting.drawn.digest,
        edition=case.digest,
    )


def _amount(case: Case) -> str:
    """As registered, or as a clerk's slip was put right since."""
    facts = sorted(case.facts.values(), key=lambda f: f.version)
    slips = [f.body for f in facts if isinstance(f.body, RegistrationCorrected) and f.body.field == "project.amount"]
    return (slips[-1].now.text if slips else None) or case.registered.project.amount
