"""The officials' list of applications: one row each, by provider. No personal data is in it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shared.calendar.calendar import releases
from shared.contracts.common import CaseFact
from shared.contracts.topics import BY_TYPE
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import View
from shared.procedure.cases import build, editions_in
from shared.procedure.editions import Published
from shared.web.pagination import Page, decode_cursor, encode_cursor

TABLE = """create table {table}(
  subject text primary key, number text not null, provider text not null, procedure text not null,
  received_at timestamptz not null, total_due timestamptz, state text not null, open text[] not null
);
create index on {table}(provider, received_at desc, subject desc);
create index on {table}(number)"""
LISTED = (
    "select * from views.applications where ($1::text[] is null or provider = any($1))"
    " and ($2::text is null or state = $2) and ($3::text is null or number = $3)"
    " and ($4::timestamptz is null or (received_at, subject) < ($4, $5))"
    " order by received_at desc, subject desc limit $6"
)
RUNNING = "running"


class Line(BaseModel):
    """One application of the list. `state`: running, or how it ended; `open`: the steps that can be done now."""

    id: UUID
    number: str = Field(examples=["KRG/2019/000001"])
    procedure: str
    provider: str
    received_at: AwareDatetime
    total_due: AwareDatetime | None
    state: str
    open: list[str]


async def listed(
    log: Log, providers: list[str] | None, state: str | None, number: str | None, cursor: str | None, limit: int
) -> Page[Line]:
    """Newest receipt first; `providers` None for all of them."""
    after = decode_cursor(cursor, tuple[AwareDatetime, str]) if cursor else (None, None)
    rows = await log.pool.fetch(LISTED, providers, state, number, *after, limit + 1)
    items = [
        Line(id=r["subject"], **{name: r[name] for name in Line.model_fields if name != "id"}) for r in rows[:limit]
    ]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last.received_at, str(last.id)) if last else None)


def concerns(row: Row) -> bool:
    return issubclass(BY_TYPE[row.source, row.type].fact, CaseFact)


async def prepare(log: Log, _: Vault, rows: Sequence[Row]) -> dict[str, Published]:
    return await editions_in(log, rows)


def fold(subject: str, rows: list[Row], editions: dict[str, Published]) -> list[dict[str, Any]]:
    case = build("intake", subject, rows, None, editions)
    registered, stands = case.registered, case.progress
    return [
        {
            "subject": subject,
            "number": registered.number,
            "provider": registered.provider,
            "procedure": registered.procedure,
            "received_at": registered.moments["receipt"],
            "total_due": case.total[0],
            "state": stands.ended.outcome if stands.ended else RUNNING,
            "open": [o.step.code for o in stands.open],
        }
    ]


APPLICATIONS = View("applications", TABLE, concerns, prepare, fold, made_with=releases)
