"""The sheet of an evaluation as it is shown: counted as it stands, or as a version was approved."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from services.scoring.body.handlers import body_of
from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation.collecting import Approval, Stage
from services.scoring.evaluation.counting import BEHIND, counted, span
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Said, Scored
from services.scoring.evaluation.refusals import NoSuchVersion
from services.scoring.papers.form import About, Form, form_of
from services.scoring.sheet.edition import Edition
from services.scoring.sheet.result import Sheet, SheetRow
from shared.kernel.work import UnitOfWork
from shared.texts.languages import Language

Named = Mapping[str, tuple[str, ...]]
NAMED_ON_PAPER = 10_000
"""How many organisations a row may name for a paper."""


class RowShown(BaseModel):
    """A scored row, in the caller's language. `organisations`: the first of those that decided it, by BIN; `decided`: how
    many those are; `outcome` and `points` are absent where there isn't enough data."""

    number: str
    criterion: str
    outcome: str | None
    points: int | None
    max: int
    paragraph: str
    because: str
    organisations: list[str]
    decided: int
    assumed: int = Field(description="How many organisations stand by a fact that was assumed")


class MissingShown(BaseModel):
    """A fact that a row waits for: of whom, and who has it."""

    row: str
    organisation: str | None
    fact: str
    why: str
    what: str
    whom: str = Field(serialization_alias="from")


class SheetShown(BaseModel):
    """A sheet. `missing`: the first of the facts that it waits for. `behind`: organisations whose newest facts aren't
    counted yet. `number`: of the approved version, where one is shown."""

    evaluation: UUID
    stage: Stage
    edition: str
    part: str
    period: int
    rows: list[RowShown]
    total: int | None
    max: int
    organisations: int
    missing: list[MissingShown]
    behind: int
    number: int | None
    digest: str | None


async def sheet_shown(work: UnitOfWork, evaluation: Evaluation, number: int | None, language: Language) -> SheetShown:
    """The version that was approved under this number; without one the figures that were computed, which are what is signed,
    or before that the count as it stands. Raises NoSuchVersion."""
    if number is not None:
        return _figures_shown(evaluation, _approval(evaluation, number).said, language)
    pool, edition = work.log.pool, await edition_of(work, evaluation.edition)
    behind = await pool.fetchval(
        BEHIND, *span(evaluation.evaluation)
    )  # before the count: after it, it may have caught up
    found = await counted(pool, edition, evaluation)
    if evaluation.figures:
        named = {row.number: row.organisations for row in found.sheet.rows}
        return _figures_shown(evaluation, evaluation.said, language, named, behind)
    rows = [_row(row, found.decided[row.number], language) for row in found.sheet.rows]
    missing = [m.shown(language) for m in found.sheet.missing]
    return SheetShown(
        **_about(evaluation),
        rows=rows,
        total=found.sheet.total,
        max=found.sheet.max,
        organisations=found.organisations,
        missing=[MissingShown(**{k: v for k, v in m.items() if k != "from"}, whom=m["from"]) for m in missing],
        behind=behind,
        number=None,
        digest=None,
    )


async def form_shown(work: UnitOfWork, evaluation: Evaluation, number: int | None, language: Language) -> Form:
    """The same for a paper, in the order's form."""
    edition = await edition_of(work, evaluation.edition)
    body = await body_of(work, evaluation.body)
    approval = _approved(evaluation, number)
    zone = ZoneInfo(edition.evaluation.act.zone)
    about = About(body=body.name, drawn=evaluation.since.astimezone(zone).date())
    if approval:
        said, day = approval.said, approval.at.astimezone(zone).date()
        about = About(body=body.name, drawn=day, approved=day, digest=said.digest, version=said.number)
    sheet = _sheet(approval.said) if number is not None and approval else await _present(work, evaluation, edition)
    return form_of(sheet, edition.part(evaluation.part), about, language)


async def _present(work: UnitOfWork, evaluation: Evaluation, edition: Edition) -> Sheet:
    """The figures that were computed, with the organisations that decided them; before that the count as it stands."""
    sheet = (await counted(work.log.pool, edition, evaluation, NAMED_ON_PAPER)).sheet
    if evaluation.figures is None:
        return sheet
    return _sheet(evaluation.said, {row.number: row.organisations for row in sheet.rows})


def _approved(evaluation: Evaluation, number: int | None) -> Approval | None:
    """The version asked for, or the one that stands. Raises NoSuchVersion."""
    if number is not None:
        return _approval(evaluation, number)
    return evaluation.approvals[-1] if evaluation.stage is Stage.APPROVED else None


def _approval(evaluation: Evaluation, number: int) -> Approval:
    found = next((a for a in evaluation.approvals if a.said.number == number), None)
    if found is None:
        raise NoSuchVersion
    return found


def _about(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "evaluation": evaluation.evaluation,
        "stage": evaluation.stage,
        "edition": evaluation.edition,
        "part": evaluation.part,
        "period": evaluation.period,
    }


def _figures_shown(
    evaluation: Evaluation, said: Said, language: Language, named: Named = MappingProxyType({}), behind: int = 0
) -> SheetShown:
    counts = {row.number: row.organisations for row in said.figures.rows}
    sheet = _sheet(said, named)
    return SheetShown(
        **_about(evaluation),
        rows=[_row(row, counts[row.number], language) for row in sheet.rows],
        total=said.figures.total,
        max=said.figures.max,
        organisations=said.figures.organisations,
        missing=[],
        behind=behind,
        number=said.number if any(a.said == said for a in evaluation.approvals) else None,
        digest=said.digest,
    )


def _sheet(said: Said, named: Named = MappingProxyType({})) -> Sheet:
    """As it is signed: the organisations of each row are counted in it, not named; `named`: those that the count names now."""
    rows = tuple(_kept(row, named.get(row.number, ())) for row in said.figures.rows)
    return Sheet(said.edition, said.part, said.period, rows, said.figures.max, ())


def _kept(row: Scored, organisations: tuple[str, ...]) -> SheetRow:
    told = {name: getattr(row, name) for name in Scored.model_fields if name != "organisations"}
    return SheetRow(**told, organisations=organisations)


def _row(row: SheetRow, decided: int, language: Language) -> RowShown:
    return RowShown(**row.shown(language), decided=decided)
