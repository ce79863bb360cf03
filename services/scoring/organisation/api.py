"""Organisations of an evaluation over HTTP: reported one by one, listed, shown, supposed otherwise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator

from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation.counting import rows_compared
from services.scoring.evaluation.handlers import GiveReason
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.organisation import handlers, reads
from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.effects import Changed, Supposed, effects
from services.scoring.organisation.loading import organisation_of
from services.scoring.routes import (
    PREFIX,
    REPORTING,
    Evaluator,
    Reader,
    Reporting,
    must_have,
    must_have_row,
    must_see,
    own_organisations,
)
from shared.identity.number import parse_bin
from shared.identity.roles import Role
from shared.web.commands import Accepted
from shared.web.etag import etag
from shared.web.idempotency import no_key_needed
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.sent import SentCommand, reading

ONE = "/organisations/{bin}"

Bin = Annotated[str, AfterValidator(parse_bin), Path(examples=["990140000384"])]
router = APIRouter(prefix=PREFIX + "/evaluations/{evaluation}", tags=["organisations"])


@router.post(
    ONE, summary="Report facts of an organisation; a later report from the same source takes the own earlier's place"
)
async def report(
    evaluation: UUID, bin: Bin, sent: SentCommand, caller: Reporting, command: handlers.ReportFacts
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, REPORTING, lambda work: handlers.report(work, acting, evaluation, bin, command))


@router.post(
    f"{ONE}/settlements", summary="Settle what is missing or contradictory: one fact in place of all, with a reason"
)
async def settle(
    evaluation: UUID, bin: Bin, sent: SentCommand, caller: Evaluator, command: handlers.SettleFact
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.EVALUATOR], lambda work: handlers.settle(work, acting, evaluation, bin, command)
    )


@router.post(f"{ONE}/exclusion", summary="Leave out an organisation that the body doesn't manage")
async def leave_out(evaluation: UUID, bin: Bin, sent: SentCommand, caller: Evaluator, command: GiveReason) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.EVALUATOR], lambda work: handlers.leave_out(work, acting, evaluation, bin, command)
    )


@router.post(f"{ONE}/inclusion", summary="Count an organisation again that was left out")
async def count_again(
    evaluation: UUID, bin: Bin, sent: SentCommand, caller: Evaluator, command: GiveReason
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.EVALUATOR], lambda work: handlers.count_again(work, acting, evaluation, bin, command)
    )


@router.get("/organisations", summary="Organisations; those that cost points in a row, or whose facts are missing")
async def organisations(
    evaluation: UUID,
    request: Request,
    caller: Reader,
    standing: reads.Asked | None = None,
    row: str | None = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
    set_aside: Annotated[bool, Query(description="Those alone that report otherwise than was settled")] = False,
) -> Page[reads.OrganisationLine]:
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    own = own_organisations(caller, found.body)
    pool, edition = work.log.pool, await edition_of(work, found.edition)
    must_have_row(edition, found.part, row)
    numbers, compared = [r.number for r in edition.rows(found.part)], await rows_compared(pool, edition, found)
    wanted = reads.Wanted(own, standing, row, set_aside)
    return await reads.listed(pool, evaluation, numbers, compared, wanted, cursor, limit)


@router.get(ONE, summary="One organisation: its facts, how it stands in each row, and what was said before")
async def one(
    evaluation: UUID, bin: Bin, request: Request, response: Response, caller: Reader
) -> reads.OrganisationShown:
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    must_have(caller, found.body, bin)
    organisation = await organisation_of(work, evaluation, bin)
    history = await work.log.stream(ManagedOrganisation.create_id(evaluation, bin))
    response.headers["ETag"] = etag(organisation.version)
    return reads.organisation_shown(organisation, await edition_of(work, found.edition), history)


@router.post(
    f"{ONE}/effects", summary="What another fact would change in the sheet", dependencies=[Depends(no_key_needed)]
)
async def suppose(evaluation: UUID, bin: Bin, request: Request, caller: Reader, command: Supposed) -> list[Changed]:
    work = await reading(request, caller)
    must_see(caller, (await evaluation_of(work, evaluation)).body)
    return await effects(work, evaluation, bin, command)
