"""Editions in intake's own log: published once each, and the one that a registration on some day falls under."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.intake.edition.refusals import NotInForce, UnknownProcedure
from shared.contracts.intake import EditionPublished
from shared.kernel.log import Log, Row
from shared.kernel.work import UnitOfWork
from shared.procedure.editions import Published, read

OF_PROCEDURE = (
    "select data from events where type = 'EditionPublished' and data::jsonb ->> 'procedure' = $1 order by at, subject"
)
ALL = "select data from events where type = 'EditionPublished' order by at, subject"


async def publish_edition(work: UnitOfWork, published: Published) -> str:
    """Make this edition known to every service; one that is known already changes nothing. Returns its digest."""
    if not await work.facts(published.digest):
        fact = EditionPublished(happened_at=work.now, procedure=published.edition.code, edition=published.text)
        work.record(published.digest, fact)
    return published.digest


async def editions_of(log: Log, procedure: str) -> list[Published]:
    """Every edition of `act/procedure`, in the order of publication."""
    return [_read(row) for row in await log.pool.fetch(OF_PROCEDURE, procedure)]


async def all_editions(log: Log) -> list[Published]:
    """Every edition of every procedure, in the order of publication."""
    return [_read(row) for row in await log.pool.fetch(ALL)]


async def in_force(log: Log, procedure: str, at: datetime) -> Published:
    """The edition for a registration at that instant: of those in force on its day in the act's zone, the last
    published. Raises UnknownProcedure, NotInForce."""
    editions = await editions_of(log, procedure)
    if not editions:
        raise UnknownProcedure(procedure=procedure)
    current = [p for p in editions if p.edition.act.in_force.on(local_day(p, at))]
    if not current:
        raise NotInForce(
            procedure=procedure, day=local_day(editions[-1], at), in_force=sorted({_stretch(p) for p in editions})
        )
    return current[-1]


def local_day(published: Published, at: datetime) -> date:
    """The day that it was then where the act is in force."""
    return at.astimezone(ZoneInfo(published.edition.act.zone)).date()


def _stretch(published: Published) -> str:
    interval = published.edition.act.in_force
    return f"{interval.since}/{interval.until or '…'}"


def _read(row: Row) -> Published:
    return read(EditionPublished.model_validate_json(row.data).edition)
