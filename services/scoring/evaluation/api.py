"""Evaluations over HTTP: from the opening to the approval."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.scoring.body.handlers import body_of
from services.scoring.evaluation import handlers, views
from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.evaluation.reads import EvaluationShown, evaluation_shown
from services.scoring.routes import PREFIX, EvaluatedBody, Evaluator, Overseer, Reader, bodies_of, is_of, must_see
from shared.identity.roles import Role
from shared.web.commands import Accepted, node_of
from shared.web.etag import etag
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.sent import SentCommand, reading

ONE = "/{evaluation}"
AUTHORITY, BODY = [Role.EVALUATOR], [Role.EVALUATED_BODY]

router = APIRouter(prefix=f"{PREFIX}/evaluations", tags=["evaluations"])


@router.post("", status_code=201, summary="Open the evaluation of a body for a period, in one part of the sheet")
async def open_one(sent: SentCommand, caller: Evaluator, command: handlers.OpenEvaluation) -> Accepted:
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.open_evaluation(work, command))


@router.get("", summary="Evaluations: all, or those of the bodies that the caller is or reports to")
async def evaluations(
    request: Request,
    caller: Reader,
    period: Annotated[int | None, Query(ge=1, le=9998)] = None,
    part: str | None = None,
    stage: Stage | None = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[views.Line]:
    """A reporter isn't shown figures that nobody has approved."""
    if part is not None:
        handlers.must_be_part(part)
    pool = node_of(request).log.pool
    page = await views.listed(pool, bodies_of(caller), period, part, stage, cursor, limit)
    for line in page.items:
        line.computed = line.computed if is_of(caller, line.body) else None
    return page


@router.get(ONE, summary="One evaluation: its stage, objections, what is to be signed, what was approved")
async def one(evaluation: UUID, request: Request, response: Response, caller: Overseer) -> EvaluationShown:
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    must_see(caller, found.body)
    response.headers["ETag"] = etag(found.version)
    return evaluation_shown(found, (await body_of(work, found.body)).name, caller.language)


@router.post(f"{ONE}/import/abandonment", summary="Give up a file that nobody can send again; what was taken stays")
async def abandon(evaluation: UUID, sent: SentCommand, caller: Evaluator, command: handlers.GiveReason) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, AUTHORITY, lambda work: handlers.abandon_import(work, acting, evaluation, command)
    )


@router.post(f"{ONE}/closing", summary="Close the reporting")
async def close(evaluation: UUID, sent: SentCommand, caller: Evaluator) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.close(work, acting, evaluation))


@router.post(f"{ONE}/computation", summary="Compute the figures from the facts; refused while any is missing")
async def compute(evaluation: UUID, sent: SentCommand, caller: Evaluator) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.compute(work, acting, evaluation))


@router.post(f"{ONE}/sending", summary="Send the sheet to the body for objections")
async def send(evaluation: UUID, sent: SentCommand, caller: Evaluator) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.send(work, acting, evaluation))


@router.post(f"{ONE}/agreement", summary="Say that the body has nothing (more) to object")
async def agree(evaluation: UUID, sent: SentCommand, caller: EvaluatedBody) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, BODY, lambda work: handlers.agree(work, acting, evaluation))


@router.post(f"{ONE}/objections", summary="Object, as the body")
async def object_to(evaluation: UUID, sent: SentCommand, caller: EvaluatedBody, command: handlers.Object) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, BODY, lambda work: handlers.object_to(work, acting, evaluation, command))


@router.post(f"{ONE}/objections/{{number}}/answer", summary="Answer an objection")
async def answer(
    evaluation: UUID, number: int, sent: SentCommand, caller: Evaluator, command: handlers.AnswerObjection
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, AUTHORITY, lambda work: handlers.answer(work, acting, evaluation, number, command)
    )


@router.post(f"{ONE}/approval", summary="Sign the one digest of facts and sheet")
async def approve(evaluation: UUID, sent: SentCommand, caller: Evaluator, command: handlers.Approve) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.approve(work, acting, evaluation, command))


@router.post(f"{ONE}/reopening", summary="Take facts again, with a reason; after an approval: towards a new version")
async def take_up_again(
    evaluation: UUID, sent: SentCommand, caller: Evaluator, command: handlers.GiveReason
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, AUTHORITY, lambda work: handlers.take_up_again(work, acting, evaluation, command))
