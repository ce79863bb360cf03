"""The list of sittings: one row a sitting, found by body, or by a member who is convened to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.commission import SittingCancelled, SittingScheduled
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import View

TABLE = """create table {table}(
  subject text primary key, body uuid not null, starts_at timestamptz not null, place text not null,
  agenda uuid[] not null, members uuid[] not null, state text not null
);
create index on {table}(body, starts_at desc, subject);
create index on {table} using gin (members)"""
LISTED = (
    "select * from views.sittings where ($1::uuid is null or body = $1) and ($2::uuid is null or members @> array[$2])"
    " and ($3::timestamptz is null or (starts_at, subject) < ($3, $4)) order by starts_at desc, subject desc limit $5"
)


def concerns(row: Row) -> bool:
    return row.type in (SittingScheduled.name(), SittingCancelled.name())


async def prepare(_log: Log, _vault: Vault, _rows: Sequence[Row]) -> None:
    return None


def fold(subject: str, rows: list[Row], _context: None) -> list[dict[str, Any]]:
    """`state`: scheduled, or cancelled when it won't take place at all or on no known date."""
    told = [r for r in rows if concerns(r)]
    scheduled = [SittingScheduled.model_validate_json(r.data) for r in told if r.type == SittingScheduled.name()]
    if not scheduled:
        return []
    newest, off = scheduled[-1], told[-1].type == SittingCancelled.name()
    return [
        {
            "subject": subject,
            "body": newest.body,
            "starts_at": newest.starts_at,
            "place": newest.place,
            "agenda": newest.agenda,
            "members": newest.members,
            "state": "cancelled" if off else "scheduled",
        }
    ]


SITTINGS = View("sittings", TABLE, concerns, prepare, fold)


async def listed(
    pool: Any, *, body: UUID | None = None, member: UUID | None = None, after: tuple[datetime, str] | None, limit: int
) -> list[Row]:
    """The newest first; `after` is the place of the last row seen."""
    rows: list[Row] = await pool.fetch(LISTED, body, member, *(after or (None, None)), limit)
    return rows
