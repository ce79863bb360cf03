"""Results over HTTP: their papers are prepared, signed, registered, issued, and read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from services.commission.result import handlers
from services.commission.result.domain import Result, result_of
from services.commission.result.papers import digests, texts
from services.commission.result.refusals import NoResultYet
from services.commission.routes import OFFICIALS, PREFIX
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.refusals import UnknownApplication
from shared.web.access import allow
from shared.web.commands import Accepted
from shared.web.etag import etag
from shared.web.sent import SentCommand, note_opening, reading

WORKERS = (*OFFICIALS, Role.SECRETARY)
"""Who prepares, signs, registers or issues by some procedure; the case's step says which of them."""

Worker = Annotated[Caller, Depends(allow(*WORKERS))]
Reader = Annotated[Caller, Depends(allow(*WORKERS, Role.APPLICANT, Role.AUDITOR))]

router = APIRouter(prefix=PREFIX + "/results/{application}", tags=["results"])


class PaperShown(BaseModel):
    """A paper: what is signed is `text`, byte for byte, as long as it is `intact`; it isn't once the personal words in
    it were erased."""

    paper: str = Field(examples=["extract"])
    number: str | None = Field(description="In the register of outgoing papers", examples=["KRG/2019/extract/1"])
    digest: str
    text: str
    intact: bool


class ResultShown(BaseModel):
    application: UUID
    outcome: str = Field(examples=["granted"])
    papers: list[PaperShown]
    signed_by: UUID | None
    channel: str | None = Field(description="How it was issued; absent until then")
    version: int


@router.get("", summary="The papers of the result; the applicant reads them once they are issued")
async def one_result(application: UUID, request: Request, response: Response, caller: Reader) -> ResultShown:
    work = await reading(request, caller)
    case = await case_of(work, application)
    own = caller.account == case.registered.applicant.account
    if not own:
        await _must_serve(work, caller, case)
    result = await _read(work, application)
    if own and result.channel is None:
        raise NoResultYet
    if not own:
        await note_opening(request, caller, [application])
    response.headers["ETag"] = etag(result.version)
    return _shown(result)


@router.post("", status_code=201, summary="Prepare the papers from the protocol")
async def prepare(application: UUID, sent: SentCommand, caller: Worker, command: handlers.PrepareResult) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, WORKERS, lambda work: handlers.prepare_result(work, acting, application, command))


@router.post("/signature", summary="Sign the papers, by their digests")
async def sign(application: UUID, sent: SentCommand, caller: Worker, command: handlers.SignResult) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, WORKERS, lambda work: handlers.sign_result(work, acting, application, command))


@router.post("/registration", summary="Enter the papers in the register; each gets its number")
async def register(application: UUID, sent: SentCommand, caller: Worker, command: handlers.RegisterResult) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, WORKERS, lambda work: handlers.register_result(work, acting, application, command)
    )


@router.post("/issue", summary="Give the result to the applicant")
async def issue(application: UUID, sent: SentCommand, caller: Worker, command: handlers.IssueResult) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, WORKERS, lambda work: handlers.issue_result(work, acting, application, command))


async def _read(work: UnitOfWork, application: UUID) -> Result:
    result = await work.find(Result, result_of(application))
    if result is None:
        raise NoResultYet
    return result


async def _must_serve(work: UnitOfWork, caller: Caller, case: Case) -> None:
    """An official of the provider, the secretary of the body that decided, or the auditor. Raises UnknownApplication for
    another applicant, NotYourProvider, NotYourBody."""
    held = [role for role in (*WORKERS, Role.AUDITOR) if caller.holds(role)]
    if not held:
        raise UnknownApplication
    provider = case.registered.provider
    if Role.AUDITOR not in held and not any(caller.holds(role, provider=provider) for role in held):
        raise NotYourProvider(role=held[0], provider=provider)
    if not any(caller.holds(role, provider=provider) for role in OFFICIALS) and Role.AUDITOR not in held:
        await handlers.must_be_secretary(work, caller.account, case)


def _shown(result: Result) -> ResultShown:
    said = texts(result.terms, result.reasons.text)
    now = digests(said)
    papers = [
        PaperShown(
            paper=paper,
            number=result.numbers.get(paper),
            digest=digest,
            text=said[paper],
            intact=now[paper] == digest,
        )
        for paper, digest in result.digests.items()
    ]
    return ResultShown(
        application=result.terms.application,
        outcome=result.terms.outcome,
        papers=papers,
        signed_by=result.signed_by,
        channel=result.channel,
        version=result.version,
    )
