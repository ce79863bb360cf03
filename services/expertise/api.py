"""The expertise over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.expertise import handlers, views
from services.expertise.reads import ExpertiseShown, expertise_shown
from services.expertise.refusals import NotItsExpert
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.named import experts_of
from shared.web.access import allow
from shared.web.commands import Accepted, node_of
from shared.web.etag import etag
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.sent import SentCommand, note_opening, reading

PREFIX = "/api/expertise/v1"
ONE = "/{application}"
OFFICIALS = (Role.INSTITUTE_HEAD, Role.EXECUTOR, Role.HEAD)

InstituteHead = Annotated[Caller, Depends(allow(Role.INSTITUTE_HEAD))]
Expert = Annotated[Caller, Depends(allow(Role.INSTITUTE_EXPERT))]
Reader = Annotated[Caller, Depends(allow(*OFFICIALS, Role.INSTITUTE_EXPERT, Role.AUDITOR))]

router = APIRouter(prefix=f"{PREFIX}/expertises", tags=["expertises"])


@router.get("", summary="What is examined: for the providers that the caller serves, or by the caller")
async def expertises(
    request: Request, caller: Reader, state: str | None = None, cursor: Cursor = None, limit: PageSize = 50
) -> Page[views.Line]:
    served = [g.provider for g in caller.grants if g.role in OFFICIALS and g.provider]
    providers = None if caller.holds(Role.AUDITOR) else served
    return await views.listed(node_of(request).log.pool, providers, caller.account, state, cursor, limit)


@router.get(ONE, summary="One expertise: materials, experts, opinions, and every version of the conclusion")
async def one_expertise(application: UUID, request: Request, response: Response, caller: Reader) -> ExpertiseShown:
    work = await reading(request, caller)
    case = await case_of(work, application)
    _must_see(caller, case)
    examination = await handlers.examination_of(work, case)
    shown = expertise_shown(examination, case, caller)
    told = [expert for expert, reason in shown.conflicts.items() if reason and expert != caller.account]
    await note_opening(request, caller, [application, *told])
    response.headers["ETag"] = etag(examination.version)
    return shown


@router.post(f"{ONE}/experts", summary="Name the experts, and who of them leads")
async def name(application: UUID, sent: SentCommand, caller: InstituteHead, command: handlers.NameExperts) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_HEAD], lambda work: handlers.name_experts(work, acting, application, command)
    )


@router.post(f"{ONE}/experts/{{expert}}/replacement", summary="Put another expert in this one's place")
async def replace(
    application: UUID, expert: UUID, sent: SentCommand, caller: InstituteHead, command: handlers.ReplaceExpert
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_HEAD], lambda work: handlers.replace_expert(work, acting, application, expert, command)
    )


@router.post(f"{ONE}/conflicts", summary="Declare a conflict of interest of my own")
async def declare(application: UUID, sent: SentCommand, caller: Expert, command: handlers.DeclareConflict) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_EXPERT], lambda work: handlers.declare_conflict(work, acting, application, command)
    )


@router.post(f"{ONE}/opinions", summary="Give my opinion, or another in its place")
async def opine(application: UUID, sent: SentCommand, caller: Expert, command: handlers.GiveFindings) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_EXPERT], lambda work: handlers.give_opinion(work, acting, application, command)
    )


@router.post(f"{ONE}/conclusion", summary="File the conclusion, as the expert who leads")
async def conclude(application: UUID, sent: SentCommand, caller: Expert, command: handlers.GiveFindings) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_EXPERT], lambda work: handlers.file_conclusion(work, acting, application, command)
    )


@router.post(f"{ONE}/conclusion/corrections", summary="Correct the filed conclusion by a later version with a reason")
async def correct(
    application: UUID, sent: SentCommand, caller: Expert, command: handlers.CorrectConclusion
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.INSTITUTE_EXPERT], lambda work: handlers.correct_conclusion(work, acting, application, command)
    )


def _must_see(caller: Caller, case: Case) -> None:
    """Officials for this provider, its own experts, the auditor. Raises NotItsExpert, NotYourProvider."""
    provider = case.registered.provider
    if caller.holds(Role.AUDITOR) or any(caller.holds(role, provider=provider) for role in OFFICIALS):
        return
    if caller.holds(Role.INSTITUTE_EXPERT):
        if caller.account not in experts_of(case):
            raise NotItsExpert
        return
    held = next(role for role in OFFICIALS if caller.holds(role))
    raise NotYourProvider(role=held, provider=provider)
