"""Organisations of an evaluation over HTTP: reported one by one, or from a file; listed, shown, supposed otherwise."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response, UploadFile
from pydantic import AfterValidator

from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation.counting import rows_compared
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.importing.template import template
from services.scoring.organisation import handlers, reads, taking
from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.effects import Changed, Supposed, effects
from services.scoring.organisation.refusals import WrongFile
from services.scoring.organisation.taking import Imported, Taken, WrongTable
from services.scoring.routes import (
    PREFIX,
    REPORTING,
    XLSX,
    Evaluator,
    Reader,
    Reporting,
    must_be_of,
    must_have,
    own_organisations,
)
from shared.identity.number import parse_bin
from shared.identity.roles import Role
from shared.texts.languages import Language, choose_locale
from shared.web.commands import Accepted, node_of, who
from shared.web.etag import etag
from shared.web.idempotency import no_key_needed
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.problem import FieldProblem, problem_response
from shared.web.sent import SentCommand, reading

MEGABYTES = 60
SHOWN = 1000
"""How many of a file's problems are listed."""
ONE = "/organisations/{bin}"
LARGER_BODIES = {f"{PREFIX}/evaluations/[^/]+/imports": MEGABYTES}

Bin = Annotated[str, AfterValidator(parse_bin), Path(examples=["990140000384"])]
router = APIRouter(prefix=PREFIX + "/evaluations/{evaluation}", tags=["organisations"])


@router.post(
    ONE, summary="Report facts of an organisation; a later report from the same source takes the earlier's place"
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
async def leave_out(
    evaluation: UUID, bin: Bin, sent: SentCommand, caller: Evaluator, command: handlers.LeaveOut
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.EVALUATOR], lambda work: handlers.leave_out(work, acting, evaluation, bin, command)
    )


@router.post("/imports", summary="Import facts from XLSX or CSV: all of the file, or a list of what is wrong in it")
async def import_file(
    evaluation: UUID, request: Request, sent: SentCommand, caller: Reporting, file: UploadFile
) -> Imported:
    """The same file again changes nothing; one that broke off is gone on with."""
    acting, content = sent.acting(caller), await file.read()
    try:
        return await taking.take_file(node_of(request), who(caller, *REPORTING), acting, evaluation, content)
    except WrongTable as wrong:
        language = choose_locale(request.headers.get("accept-language"))
        errors = [_error(problem.told(language)) for problem in wrong.checked.problems[:SHOWN]]
        return problem_response(request.scope, WrongFile(problems=len(wrong.checked.problems)), errors=errors)  # type: ignore[return-value]


@router.get("/imports/template.xlsx", summary="An empty table to fill in and import", response_class=Response)
async def empty_table(evaluation: UUID, caller: Reporting, lang: Language | None = None) -> Response:
    """The same for all evaluations; headings in any of the three languages are understood."""
    made = await asyncio.to_thread(template, lang or caller.language)
    name = f"attachment; filename=facts-{evaluation}.xlsx"
    return Response(made, media_type=XLSX, headers={"Content-Disposition": name})


@router.get("/imports", summary="How far files have been taken")
async def imports(evaluation: UUID, request: Request, caller: Reporting) -> list[Taken]:
    work = await reading(request, caller)
    own_organisations(caller, (await evaluation_of(work, evaluation)).body)
    return await taking.taken(work.log.pool, evaluation)


@router.get("/organisations", summary="Organisations; those that cost points in a row, or whose facts are missing")
async def organisations(
    evaluation: UUID,
    request: Request,
    caller: Reader,
    standing: reads.Asked | None = None,
    row: str | None = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[reads.OrganisationLine]:
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    own = own_organisations(caller, found.body)
    pool, edition = work.log.pool, await edition_of(work, found.edition)
    numbers, compared = [r.number for r in edition.rows(found.part)], await rows_compared(pool, edition, found)
    return await reads.listed(pool, evaluation, numbers, own, standing, row, cursor, limit, compared)


@router.get(ONE, summary="One organisation: its facts, how it stands in each row, and what was said before")
async def one(
    evaluation: UUID, bin: Bin, request: Request, response: Response, caller: Reader
) -> reads.OrganisationShown:
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    must_have(caller, found.body, bin)
    organisation = await handlers.organisation_of(work, evaluation, bin)
    history = await work.log.stream(ManagedOrganisation.create_id(evaluation, bin))
    response.headers["ETag"] = etag(organisation.version)
    return reads.organisation_shown(organisation, await edition_of(work, found.edition), history)


@router.post(
    f"{ONE}/effects", summary="What another fact would change in the sheet", dependencies=[Depends(no_key_needed)]
)
async def suppose(evaluation: UUID, bin: Bin, request: Request, caller: Reader, command: Supposed) -> list[Changed]:
    work = await reading(request, caller)
    must_be_of(caller, (await evaluation_of(work, evaluation)).body)
    return await effects(work, evaluation, bin, command)


def _error(told: dict[str, str | None]) -> FieldProblem:
    """A wrong cell by the address that the spreadsheet program shows."""
    place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in (told["sheet"], told["cell"]) if part)
    return FieldProblem(
        place="body",
        pointer=f"/file/{place}".rstrip("/"),
        what=told["what"] or "",
        how=told["how"] or "",
        code=told["code"],
    )
