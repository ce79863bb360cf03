"""Who will decide, as far as facts tell: the body that an application was last scheduled before, by provider and procedure,
and the members convened to its last sitting. Before its first sitting that isn't known here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.commission import ApplicationScheduled, SittingScheduled
from shared.contracts.intake import ApplicationRegistered
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import View

BODIES_TABLE = """create table {table}(
  subject text primary key, provider text not null, procedure text not null, body uuid not null, at timestamptz not null
);
create index on {table}(provider, procedure, at desc)"""
SEATS_TABLE = """create table {table}(
  subject text primary key, body uuid not null, starts_at timestamptz not null, members uuid[] not null
);
create index on {table}(body, starts_at desc)"""
MEMBERS = (
    "select members from views.seats where body ="
    " (select body from views.bodies where provider = $1 and procedure = $2 order by at desc limit 1)"
    " order by starts_at desc limit 1"
)


async def members_among(pool: Any, registered: ApplicationRegistered, accounts: Sequence[UUID]) -> list[UUID]:
    """Those of the accounts who sit in the body that decides on such applications."""
    members = await pool.fetchval(MEMBERS, registered.provider, registered.procedure) or []
    return [account for account in accounts if account in members]


async def prepare(_log: Log, _vault: Vault, _rows: Sequence[Row]) -> None:
    return None


def schedules(row: Row) -> bool:
    return row.type in (ApplicationRegistered.name(), ApplicationScheduled.name())


def body_of(subject: str, rows: list[Row], _context: None) -> list[dict[str, Any]]:
    """None until the application has been on an agenda."""
    registered = next((r for r in rows if r.type == ApplicationRegistered.name()), None)
    scheduled = [r for r in rows if r.type == ApplicationScheduled.name()]
    if registered is None or not scheduled:
        return []
    said = ApplicationRegistered.model_validate_json(registered.data)
    newest = ApplicationScheduled.model_validate_json(max(scheduled, key=lambda r: r.version).data)
    at: datetime = newest.happened_at
    known = {"provider": said.provider, "procedure": said.procedure}
    return [{"subject": subject, **known, "body": newest.body, "at": at}]


def convenes(row: Row) -> bool:
    return row.type == SittingScheduled.name()


def seats_of(subject: str, rows: list[Row], _context: None) -> list[dict[str, Any]]:
    newest = SittingScheduled.model_validate_json(max(rows, key=lambda r: r.version).data)
    return [{"subject": subject, **newest.model_dump(include={"body", "starts_at", "members"})}]


BODIES = View("bodies", BODIES_TABLE, schedules, prepare, body_of)
SEATS = View("seats", SEATS_TABLE, convenes, prepare, seats_of)
