"""Up to which recorded instant a source's facts are complete here: absence can be judged no further than that."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.kernel.follow import stands
from shared.kernel.log import OWN_PUBLIC, Log

MARGIN = timedelta(seconds=1)
"""A fact's recorded instant is taken shortly before its commit."""
EVERY = 1.0
NOTE = (
    "insert into watermarks(source, at) values($1, $2)"
    " on conflict (source) do update set at = greatest(watermarks.at, excluded.at)"
)


async def complete_until(source: Log, keeper: Log, cursor: str) -> datetime | None:
    """Until when the follower with this cursor in `keeper` has all of the source's facts; None while it is behind."""
    until = datetime.now(UTC) - MARGIN
    head, place = await source.head(OWN_PUBLIC), await stands(keeper, cursor)
    return until if place is not None and place >= head else None


async def note(pool: Any, source: str, until: datetime) -> None:
    """It never goes back."""
    await pool.execute(NOTE, source, until)
