"""Reading applications over REST. An opening of a person's data by somebody else is recorded first."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.intake.account import find
from services.intake.account.login import secret_of
from services.intake.application import views
from services.intake.application.access import OFFICIALS, READERS, is_own, must_see, providers_of
from services.intake.application.reads import ApplicationShown, application_shown
from services.intake.application.receipt import Receipt, receipt_of
from services.intake.rest import PREFIX, Official
from shared.contracts.intake import MaterialsSent
from shared.identity.digests import one_time_code
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel import documents, openings
from shared.kernel.follow import Waiting
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.corrections import answers
from shared.texts.languages import Language, choose_locale
from shared.web.access import allow
from shared.web.commands import node_of
from shared.web.etag import etag
from shared.web.operations.facts import FactShown, facts_about
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.refusal import NotFound, NotOpenYet

Reader = Annotated[Caller, Depends(allow(*READERS))]
Listing = Annotated[Caller, Depends(allow(*OFFICIALS, Role.AUDITOR, Role.OPERATOR))]
Historian = Annotated[Caller, Depends(allow(Role.AUDITOR, Role.HEAD, Role.OPERATOR))]

router = APIRouter(prefix=f"{PREFIX}/applications", tags=["applications"])


@router.get("", summary="Applications of the caller's providers, newest first")
async def list_applications(
    request: Request,
    caller: Listing,
    state: str | None = None,
    number: str | None = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[views.Line]:
    return await views.listed(node_of(request).log, providers_of(caller), state, number, cursor, limit)


@router.get("/{application}", summary="One application, with its personal data")
async def show(request: Request, response: Response, application: UUID, caller: Reader) -> ApplicationShown:
    case = await _opened(request, application, caller)
    shown = application_shown(case, _language(request))
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.get("/{application}/receipt", summary="The receipt, with the one-time code while it opens the cabinet")
async def receipt(request: Request, application: UUID, caller: Official) -> Receipt:
    case = await _read(request, application)
    caller.must(case.step_of_kind("register").role, provider=case.registered.provider)
    await _note(request, caller, application)
    facts = await facts_about(node_of(request), str(application))
    by = next(f.meta.get("account") for f in facts if f.type == "ApplicationRegistered")
    return receipt_of(case, by, await _code(request, case), _language(request))


@router.get("/{application}/documents/{digest}", summary="The bytes of a scan", response_class=Response)
async def document(request: Request, application: UUID, digest: str, caller: Reader) -> Response:
    case = await _opened(request, application, caller)
    if digest not in documents_of(case):
        raise NotFound
    node = node_of(request)
    keys = await node.vault.keys([case.person])
    found = await documents.fetch(node.log.pool, keys, case.person, digest)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/{application}/facts", summary="Every public fact about it, as it stands; personal fields sealed")
async def facts(request: Request, application: UUID, caller: Historian) -> list[FactShown]:
    case = await _read(request, application)
    if not any(caller.holds(role) for role in (Role.AUDITOR, Role.OPERATOR)):
        caller.must(Role.HEAD, provider=case.registered.provider)
    await _note(request, caller, application)
    return await facts_about(node_of(request), str(application))


def documents_of(case: Case) -> set[str]:
    """What was handed in, at first and as corrected, and scanned for the materials."""
    sent = case.newest(MaterialsSent)
    scanned = sent.body.digests if sent and isinstance(sent.body, MaterialsSent) else ()
    corrected = [d for _, answer in answers(case) for d in answer.documents]
    return {d.digest for d in (*case.registered.documents, *corrected) if d.digest} | set(scanned)


async def _code(request: Request, case: Case) -> str | None:
    """The one-time code, unless there is nothing left for it to open."""
    applicant = case.registered.applicant.account
    account = await find.ever(await node_of(request).work(), applicant)
    usable = account.account == applicant and not (account.claimed or account.erased)
    return one_time_code(secret_of(request), case.application) if usable else None


async def _opened(request: Request, application: UUID, caller: Caller) -> Case:
    """The case, for one who may see it; noted unless it is their own."""
    case = await _read(request, application)
    await must_see(node_of(request).log, case, caller)
    if not is_own(case, caller):
        await _note(request, caller, application)
    return case


async def _note(request: Request, caller: Caller, application: UUID) -> None:
    await openings.record(node_of(request).log.pool, caller.account, [application], request.scope["route"].path)


async def _read(request: Request, application: UUID) -> Case:
    try:
        return await case_of(await node_of(request).work(), application)
    except Waiting as waiting:
        raise NotOpenYet(awaited=", ".join(waiting.awaits)) from waiting


def _language(request: Request) -> Language:
    return choose_locale(request.headers.get("accept-language"))
