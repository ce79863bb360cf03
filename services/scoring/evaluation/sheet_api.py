"""Sheets over HTTP: as data, on paper, as charts; the ranking of bodies and the comparison of periods."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation import views
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.handlers import must_be_part
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.evaluation.sheet_reads import SheetShown, form_shown, sheet_shown
from services.scoring.papers.charts import OfPeriod, change_over_periods, points_by_criterion
from services.scoring.papers.form import Form
from services.scoring.papers.page import page
from services.scoring.papers.pdf import pdf
from services.scoring.papers.workbook import workbook
from services.scoring.routes import OVERSEEING, PREFIX, XLSX, Overseer, must_be_of, must_see
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork
from shared.texts.languages import Language
from shared.web.commands import node_of
from shared.web.refusal import NotFound
from shared.web.sent import reading

SVG = "image/svg+xml"
SHEET = "/evaluations/{evaluation}/sheet"
WHOLE = "/evaluations/{evaluation}/whole-sheet"

Number = Annotated[int | None, Query(ge=1, le=10_000, description="An approved version; the present count without it")]
Lang = Annotated[Language | None, Query(description="Of the paper; the caller's own without it")]
Year = Annotated[int, Query(ge=1992, le=9998)]
router = APIRouter(prefix=PREFIX, tags=["sheets"])


@router.get(SHEET, summary="The sheet: each row with its outcome, points, paragraph, reason and who decided it")
async def sheet(evaluation: UUID, request: Request, caller: Overseer, number: Number = None) -> SheetShown:
    work, found = await _seen(request, caller, evaluation)
    return await sheet_shown(work, found, number, caller.language)


@router.get(f"{SHEET}.xlsx", summary="The sheet in the order's form as a workbook", response_class=Response)
async def as_workbook(
    evaluation: UUID, request: Request, caller: Overseer, number: Number = None, lang: Lang = None
) -> Response:
    form = await _form(request, caller, evaluation, number, lang)
    return _file(await asyncio.to_thread(workbook, form), XLSX, f"sheet-{evaluation}.xlsx")


@router.get(f"{SHEET}.pdf", summary="The sheet in the order's form as PDF", response_class=Response)
async def as_pdf(
    evaluation: UUID, request: Request, caller: Overseer, number: Number = None, lang: Lang = None
) -> Response:
    form = await _form(request, caller, evaluation, number, lang)
    return _file(await asyncio.to_thread(pdf, form), "application/pdf", f"sheet-{evaluation}.pdf")


@router.get(
    f"{SHEET}.html",
    summary="The sheet as a page: the form, charts, and tables that say the same",
    response_class=Response,
)
async def as_page(
    evaluation: UUID, request: Request, caller: Overseer, number: Number = None, lang: Lang = None
) -> Response:
    form = await _form(request, caller, evaluation, number, lang)
    _, found = await _seen(request, caller, evaluation)
    return Response(page(form, await _periods(request, found.body, found.part)), media_type="text/html; charset=utf-8")


@router.get(f"{WHOLE}.xlsx", summary="The order's form with all its parts as a workbook", response_class=Response)
async def whole_as_workbook(evaluation: UUID, request: Request, caller: Overseer, lang: Lang = None) -> Response:
    forms = await _parts(request, caller, evaluation, lang)
    return _file(await asyncio.to_thread(workbook, *forms), XLSX, f"whole-sheet-{evaluation}.xlsx")


@router.get(f"{WHOLE}.pdf", summary="The order's form with all its parts as PDF", response_class=Response)
async def whole_as_pdf(evaluation: UUID, request: Request, caller: Overseer, lang: Lang = None) -> Response:
    forms = await _parts(request, caller, evaluation, lang)
    return _file(await asyncio.to_thread(pdf, *forms), "application/pdf", f"whole-sheet-{evaluation}.pdf")


@router.get(f"{SHEET}/points.svg", summary="Points by criterion, drawn", response_class=Response)
async def points(
    evaluation: UUID, request: Request, caller: Overseer, number: Number = None, lang: Lang = None
) -> Response:
    form = await _form(request, caller, evaluation, number, lang)
    return Response(await asyncio.to_thread(points_by_criterion, form), media_type=SVG)


@router.get("/comparison", summary="What was approved of a body in one part, period by period")
async def comparison(body: UUID, part: str, request: Request, caller: Overseer) -> list[views.Period]:
    must_be_of(caller, body)
    must_be_part(part)
    return await views.periods(node_of(request).log.pool, body, part)


@router.get("/comparison.svg", summary="The same, drawn", response_class=Response)
async def comparison_drawn(body: UUID, part: str, request: Request, caller: Overseer, lang: Lang = None) -> Response:
    must_be_of(caller, body)
    must_be_part(part)
    told = await _periods(request, body, part)
    if not told:
        raise NotFound
    return Response(await asyncio.to_thread(change_over_periods, told, lang or caller.language), media_type=SVG)


@router.get(
    "/ranking", summary="Bodies by what was approved of them for a period in one part", dependencies=[OVERSEEING]
)
async def ranking(period: Year, part: str, request: Request) -> list[views.Ranked]:
    """For everybody who sees evaluations: what is approved is public."""
    must_be_part(part)
    return await views.ranking(node_of(request).log.pool, period, part)


async def _seen(request: Request, caller: Caller, evaluation: UUID) -> tuple[UnitOfWork, Evaluation]:
    """Raises UnknownEvaluation."""
    work = await reading(request, caller)
    found = await evaluation_of(work, evaluation)
    must_see(caller, found.body)
    return work, found


async def _form(request: Request, caller: Caller, evaluation: UUID, number: int | None, lang: Language | None) -> Form:
    work, found = await _seen(request, caller, evaluation)
    return await form_shown(work, found, number, lang or caller.language)


async def _parts(request: Request, caller: Caller, evaluation: UUID, lang: Language | None) -> list[Form]:
    """The form that the evaluation's sheet is a part of: every part of it for the same body and period (annex 2). Raises
    UnknownEvaluation unless each has been opened."""
    work, found = await _seen(request, caller, evaluation)
    parts = (await edition_of(work, found.edition)).evaluation.scale.parts
    every = [await evaluation_of(work, Evaluation.id_of(found.body, found.period, part)) for part in parts]
    return [await form_shown(work, each, None, lang or caller.language) for each in every]


async def _periods(request: Request, body: UUID, part: str) -> list[OfPeriod]:
    told = await views.periods(node_of(request).log.pool, body, part)
    return [OfPeriod(p.period, p.total, p.max) for p in told]


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
