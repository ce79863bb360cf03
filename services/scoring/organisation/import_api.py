"""Files of facts over HTTP: imported, followed, and the empty table to fill in."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, UploadFile

from services.scoring.evaluation.loading import evaluation_of
from services.scoring.importing.check import Problem, WrongTable
from services.scoring.importing.template import template
from services.scoring.organisation.imports import Import, newest
from services.scoring.organisation.refusals import WrongFile
from services.scoring.organisation.taking import Imported, Taking
from services.scoring.routes import PREFIX, REPORTING, XLSX, Reader, Reporting, own_organisations
from shared.texts.languages import Language, choose_locale
from shared.web.commands import node_of, who
from shared.web.overload import Turns
from shared.web.problem import FieldProblem, problem_response
from shared.web.sent import SentCommand, reading

MEGABYTES = 60
LARGER_BODIES = {f"{PREFIX}/evaluations/[^/]+/imports": MEGABYTES}
SHOWN = 1000
"""How many of a file's problems are listed."""
TURNS = Turns(2, wait=10)
"""Imports at once in a process; each takes a processor for minutes, and room for its file."""

router = APIRouter(prefix=PREFIX + "/evaluations/{evaluation}/imports", tags=["imports"])


@router.post(
    "",
    summary="Import facts from XLSX or CSV: all of the file, or a list of what is wrong in it",
    dependencies=[Depends(TURNS)],
)
async def import_file(
    evaluation: UUID, request: Request, sent: SentCommand, caller: Reporting, file: UploadFile
) -> Imported:
    """The same file again changes nothing and is answered as first, with `again`; one that broke off is gone on with."""
    request.state.body = b""  # the file has it too; a large one isn't held twice for minutes
    acting = sent.acting(caller)
    taking = Taking(node_of(request), who(caller, *REPORTING), acting, evaluation, sent.key)
    try:
        return await taking.take(file)
    except WrongTable as wrong:
        language = choose_locale(request.headers.get("accept-language"))
        errors = [_error(problem, language) for problem in wrong.checked.problems[:SHOWN]]
        return problem_response(request.scope, WrongFile(problems=len(wrong.checked.problems)), errors=errors)  # type: ignore[return-value]


@router.get("/template.xlsx", summary="An empty table to fill in and import", response_class=Response)
async def empty_table(evaluation: UUID, caller: Reader, lang: Language | None = None) -> Response:
    """The same for all evaluations; headings in any of the three languages are understood."""
    made = await asyncio.to_thread(template, lang or caller.language)
    name = f"attachment; filename=facts-{evaluation}.xlsx"
    return Response(made, media_type=XLSX, headers={"Content-Disposition": name})


@router.get("", summary="How far the newest imports have come; a reporter sees the own ones")
async def imports(evaluation: UUID, request: Request, caller: Reader) -> list[Import]:
    work = await reading(request, caller)
    all_of_them = own_organisations(caller, (await evaluation_of(work, evaluation)).body) is None
    return await newest(work.log.pool, evaluation, None if all_of_them else caller.account)


def _error(problem: Problem, language: Language) -> FieldProblem:
    """A wrong cell by the address that the spreadsheet program shows."""
    told = problem.told(language)
    place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in (told["sheet"], told["cell"]) if part)
    return FieldProblem(
        place="body",
        pointer=f"/file/{place}".rstrip("/"),
        what=told["what"] or "",
        how=told["how"] or "",
        code=told["code"],
    )
