"""Where sittings are found: by body, or by a member who is convened to it. What they are is read from themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.commission import SittingScheduled
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import View

TABLE = """create table {table}(
  subject text primary key, body uuid not null, starts_at timestamptz not null, members uuid[] not null
);
create index on {table}(body, starts_at desc, subject);
create index on {table} using gin (members)"""
LISTED = (
    "select * from views.sittings where ($1::uuid is null or body = $1) and ($2::uuid is null or members @> array[$2])"
    " and ($3::timestamptz is null or (starts_at, subject) < ($3, $4)) order by starts_at desc, subject desc limit $5"
)


def concerns(row: Row) -> bool:
    return row.type == SittingScheduled.name()


async def prepare(_log: Log, _vault: Vault, _rows: Sequence[Row]) -> None:
    return None


def fold(subject: str, rows: list[Row], _context: None) -> list[dict[str, Any]]:
    scheduled = [SittingScheduled.model_validate_json(r.data) for r in rows if concerns(r)]
    return [s.model_dump(include={"body", "starts_at", "members"}) | {"subject": subject} for s in scheduled[-1:]]


SITTINGS = View("sittings", TABLE, concerns, prepare, fold)


async def listed(
    pool: Any, *, body: UUID | None = None, member: UUID | None = None, after: tuple[datetime, str] | None, limit: int
) -> list[Row]:
    """The newest first; `after` is the place of the last row seen."""
    rows: list[Row] = await pool.fetch(LISTED, body, member, *(after or (None, None)), limit)
    return rows
