"""Contracts over HTTP: read, signed by the parties, declined, closed."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, Response
from pydantic import BaseModel, Field

from services.commission.contract import handlers
from services.commission.contract.domain import Contract, Terms, contract_of
from services.commission.routes import PREFIX, Chancellery, Head
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.kinds import APPLICANT, PARTY_ROLES
from shared.procedure.refusals import UnknownApplication
from shared.web.access import allow
from shared.web.commands import Accepted
from shared.web.etag import etag
from shared.web.given import Digest
from shared.web.instants import Instant
from shared.web.sent import SentCommand, note_opening, reading

router = APIRouter(prefix=PREFIX + "/contracts/{application}", tags=["contracts"])
LARGER_BODIES = {f"{PREFIX}/contracts/[^/]+/paper-signature": documents.MEGABYTES + 1}
READERS = (*PARTY_ROLES.values(), Role.CHANCELLERY, Role.AUDITOR)

DECLINING = (Role.APPLICANT, Role.CHANCELLERY)

Declining = Annotated[Caller, Depends(allow(*DECLINING))]
Party = Annotated[Caller, Depends(allow(*PARTY_ROLES.values()))]
Reader = Annotated[Caller, Depends(allow(*READERS))]


class SignatureShown(BaseModel):
    party: str
    by: UUID
    scan: str | None = Field(description="SHA-256 of the scan of a signature on paper")


class ContractShown(BaseModel):
    """A contract: what is signed is `text`, byte for byte; `terms` is the same as data."""

    terms: Terms
    text: str
    digest: str
    signatures: list[SignatureShown]
    missing: list[str] = Field(description="Parties that haven't signed", examples=[["applicant"]])
    state: Literal["open", "in-force", "declined", "closed"]
    version: int


@router.get("", summary="The contract: its text, digest and signatures")
async def one_contract(application: UUID, request: Request, response: Response, caller: Reader) -> ContractShown:
    _, contract = await _read(application, request, caller)
    response.headers["ETag"] = etag(contract.version)
    return _shown(contract)


@router.get("/scan", summary="The scan of the applicant's signature on paper", response_class=Response)
async def scan(application: UUID, request: Request, caller: Reader) -> Response:
    work, contract = await _read(application, request, caller)
    case, signature = await case_of(work, application), contract.signatures.get(APPLICANT)
    digest = (signature and signature.scan) or ""
    found = await documents.fetch(work.log.pool, work.keys, case.person, digest)
    return Response(found.content, media_type=found.media_type)


@router.post("/signatures", summary="Sign for a party")
async def sign(application: UUID, sent: SentCommand, caller: Party, command: handlers.SignContract) -> Accepted:
    acting = sent.acting(caller)
    roles = [PARTY_ROLES[command.party]] if command.party in PARTY_ROLES else list(PARTY_ROLES.values())
    return await sent.perform(caller, roles, lambda work: handlers.sign_contract(work, acting, application, command))


@router.post("/paper-signature", summary="Record the applicant's signature on paper, with its scan")
async def paper_signature(
    application: UUID,
    sent: SentCommand,
    caller: Chancellery,
    scan: Annotated[bytes, File(description="PDF, JPEG or PNG, at most 20 MB")],
    digest: Annotated[Digest, Form()],
    at: Annotated[Instant | None, Form(description="When it was signed; now unless stated")] = None,
) -> Accepted:
    acting, command = sent.acting(caller), handlers.RecordPaperSignature(digest=digest, at=at)
    return await sent.perform(
        caller,
        [Role.CHANCELLERY],
        lambda work: handlers.record_paper_signature(work, acting, application, command, scan),
    )


@router.post("/decline", summary="Decline the contract, as the applicant or at the counter for one who filed on paper")
async def decline(
    application: UUID, sent: SentCommand, caller: Declining, command: handlers.DeclineContract
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, DECLINING, lambda work: handlers.decline_contract(work, acting, application, command)
    )


@router.post("/closure", summary="Close the case of a contract unsigned after its term")
async def close(application: UUID, sent: SentCommand, caller: Head, command: handlers.CloseCase) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, [Role.HEAD], lambda work: handlers.close_case(work, acting, application, command))


async def _read(application: UUID, request: Request, caller: Caller) -> tuple[UnitOfWork, Contract]:
    work = await reading(request, caller)
    case = await case_of(work, application)
    if caller.account != case.registered.applicant.account:
        _must_serve(caller, case)
        await note_opening(request, caller, [application])
    return work, await work.load(Contract, contract_of(application))


def _must_serve(caller: Caller, case: Case) -> None:
    """An official of the provider, or the auditor. Raises UnknownApplication for another applicant, NotYourProvider."""
    provider = case.registered.provider
    officials = [role for role in READERS if role is not Role.APPLICANT and caller.holds(role)]
    if not officials:
        raise UnknownApplication
    if Role.AUDITOR not in officials and not any(caller.holds(role, provider=provider) for role in officials):
        raise NotYourProvider(role=officials[0], provider=provider)


def _shown(contract: Contract) -> ContractShown:
    signed = [SignatureShown(party=p, **s.model_dump()) for p, s in contract.signatures.items()]
    return ContractShown(
        terms=contract.terms,
        text=contract.text,
        digest=contract.digest,
        signatures=signed,
        missing=[party for party in contract.terms.parties if party not in contract.signatures],
        state=contract.over or ("in-force" if contract.in_force else "open"),
        version=contract.version,
    )
