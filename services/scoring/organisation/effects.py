"""What a change of one fact would change in the sheet: one organisation's verdicts moved, nothing counted again."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.scoring.edition.adopted import edition_of
from services.scoring.evaluation.counting import at_once, tallies
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.organisation.handlers import GivenFact, must_be_of_period
from services.scoring.organisation.loading import organisation_of
from services.scoring.organisation.refusals import LeftOutCountsNowhere
from services.scoring.refusals import ViewBehind
from services.scoring.sheet.effect import Came, effect, replaced
from shared.kernel.work import UnitOfWork
from shared.web.given import Command

COUNTED = "select version from views.organisations where subject = $1"


class Supposed(Command):
    fact: GivenFact


class CameOut(BaseModel):
    """None: not enough data."""

    outcome: str | None
    points: int | None


class Changed(BaseModel):
    """A row that would come out otherwise."""

    row: str = Field(examples=["7.2"])
    before: CameOut
    after: CameOut


async def effects(work: UnitOfWork, evaluation: UUID, bin: str, supposed: Supposed) -> list[Changed]:
    """If this fact stood in place of all that was reported of the same. Raises MisplacedFact, LeftOutCountsNowhere, and
    ViewBehind while the count has other facts of the organisation than those that it would be moved from."""
    found = await evaluation_of(work, evaluation)
    must_be_of_period(found, bin, supposed.fact)
    organisation = await organisation_of(work, evaluation, bin)
    if organisation.left_out is not None:
        raise LeftOutCountsNowhere(organisation=bin)
    edition = await edition_of(work, found.edition)
    async with at_once(work.log.pool) as there:
        if await there.fetchval(COUNTED, organisation.id) != organisation.version:
            raise ViewBehind(organisations=1)
        counted = await tallies(there, edition, found)
    other = replaced(organisation.known, supposed.fact)
    changes = effect(edition, found.part, found.period, counted, organisation.known, other)
    return [Changed(row=c.row, before=_came(c.before), after=_came(c.after)) for c in changes]


def _came(came: Came) -> CameOut:
    told: dict[str, Any] = dict(zip(("outcome", "points"), came, strict=True))
    return CameOut(**told)
