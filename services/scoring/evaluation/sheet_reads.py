"""The sheet of an evaluation as it is shown: counted as it stands, or as a version was approved."""

from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from services.scoring.body.handlers import body_of
from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.counting import SHOWN, at_once, behind, counted
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Approval, Decided, Said
from services.scoring.evaluation.refusals import NoSuchVersion
from services.scoring.papers.form import About, Form, form_of
from services.scoring.sheet.result import Sheet, SheetRow
from shared.kernel.work import UnitOfWork
from shared.texts.languages import Language

NAMED_ON_PAPER = 5_000
"""How many organisations a row that isn't signed may name for a paper."""


class Standing(NamedTuple):
    """Figures that are signed, or to be signed (`approval` is None then)."""

    said: Said
    digest: str
    approval: Approval | None


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
    if standing := _standing(evaluation, number):
        return _figures_shown(evaluation, standing, language)
    edition = await edition_of(work, evaluation.edition)
    async with at_once(work.log.pool) as there:
        late = await behind(there, evaluation.evaluation)
        found = await counted(there, edition, evaluation)
    missing = [m.shown(language) for m in found.sheet.missing]
    return SheetShown(
        **_about(evaluation),
        rows=[_row(row, found.decided[row.number], language) for row in found.sheet.rows],
        total=found.sheet.total,
        max=found.sheet.max,
        organisations=found.organisations,
        missing=[MissingShown(**{k: v for k, v in m.items() if k != "from"}, whom=m["from"]) for m in missing],
        behind=late,
        number=None,
        digest=None,
    )


async def form_shown(work: UnitOfWork, evaluation: Evaluation, number: int | None, language: Language) -> Form:
    """The same for a paper, in the order's form. Raises NoSuchVersion."""
    edition, standing = await edition_of(work, evaluation.edition), _standing(evaluation, number)
    part, zone = edition.part(evaluation.part), ZoneInfo(edition.evaluation.act.zone)
    if standing:
        decided = {row.number: row.organisations for row in standing.said.figures.rows}
        return form_of(_sheet(standing.said), part, _signed(evaluation, standing, zone), language, decided)
    async with at_once(work.log.pool) as there:
        late = await behind(there, evaluation.evaluation)
        found = await counted(there, edition, evaluation, NAMED_ON_PAPER)
    body = await body_of(work, evaluation.body)
    about = About(body=body.name, drawn=evaluation.since.astimezone(zone).date(), behind=late)
    return form_of(found.sheet, part, about, language, found.decided)


def _signed(evaluation: Evaluation, standing: Standing, zone: ZoneInfo) -> About:
    """The body is called as in what is signed."""
    said, _, approval = standing
    if approval is None:
        due = evaluation.due.astimezone(zone).date() if evaluation.due else None
        return About(body=said.name, drawn=evaluation.since.astimezone(zone).date(), objections=due)
    day = approval.at.astimezone(zone).date()
    return About(body=said.name, drawn=day, approved=day, digest=approval.digest, version=approval.number)


def _standing(evaluation: Evaluation, number: int | None) -> Standing | None:
    """The version asked for, else the one that stands, else the figures under way; None before there are any.
    Raises NoSuchVersion."""
    approval = evaluation.approval
    if number is not None:
        approval = next((a for a in evaluation.approvals if a.number == number), None)
        if approval is None:
            raise NoSuchVersion
    if approval:
        return Standing(approval.said, approval.digest, approval)
    if evaluation.figures is None:
        return None
    said = evaluation.said
    return Standing(said, said.digest, None)


def _about(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "evaluation": evaluation.evaluation,
        "stage": evaluation.stage,
        "edition": evaluation.edition,
        "part": evaluation.part,
        "period": evaluation.period,
    }


def _figures_shown(evaluation: Evaluation, standing: Standing, language: Language) -> SheetShown:
    figures = standing.said.figures
    counts = {row.number: row.organisations for row in figures.rows}
    return SheetShown(
        **_about(evaluation),
        rows=[_row(row, counts[row.number], language) for row in _sheet(standing.said).rows],
        total=figures.total,
        max=figures.max,
        organisations=figures.organisations,
        missing=[],
        behind=0,
        number=standing.approval.number if standing.approval else None,
        digest=standing.digest,
    )


def _sheet(said: Said) -> Sheet:
    """As it is signed."""
    rows = tuple(_kept(row) for row in said.figures.rows)
    return Sheet(said.edition, said.part, said.period, rows, said.figures.max, ())


def _kept(row: Decided) -> SheetRow:
    told = {name: getattr(row, name) for name in Decided.model_fields if name not in ("organisations", "named")}
    return SheetRow(**told, organisations=row.named)


def _row(row: SheetRow, decided: int, language: Language) -> RowShown:
    told = row.shown(language)
    return RowShown(**{**told, "organisations": told["organisations"][:SHOWN]}, decided=decided)
