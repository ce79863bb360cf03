"""The read model of who acts for whom: a row for each absence of an executor. No personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.intake import AbsencesRecorded
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import View

TABLE = """create table {table}(
  subject text not null, provider text not null, deputy uuid not null, since date not null, until date not null,
  primary key (subject, provider, since)
);
create index on {table}(deputy, until)"""
AWAY = "select subject from views.deputies where deputy = $1 and since <= $2 and until > $2"


async def absent(log: Log, deputy: UUID, now: datetime) -> list[UUID]:
    """The executors for whom this account acts on the present legal day (UTC)."""
    return [UUID(row["subject"]) for row in await log.pool.fetch(AWAY, deputy, now.date())]


def concerns(row: Row) -> bool:
    return row.type == AbsencesRecorded.name()


async def prepare(_log: Log, _vault: Vault, _rows: Sequence[Row]) -> None:
    return None


def fold(subject: str, rows: list[Row], _context: None) -> list[dict[str, Any]]:
    """By the newest fact of each provider, which tells all absences there."""
    said = [AbsencesRecorded.model_validate_json(r.data) for r in sorted(rows, key=lambda r: r.version)]
    newest = {s.provider: s for s in said}
    return [{"subject": subject, "provider": p, **a.model_dump()} for p, s in newest.items() for a in s.absences]


DEPUTIES = View("deputies", TABLE, concerns, prepare, fold)
