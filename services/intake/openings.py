"""Openings of a person's data by officials: recorded apart from the facts, read by the auditor."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.web.pagination import Page, decode_cursor, encode_cursor

RECORD = "insert into openings(account, subject, route) values($1, $2, $3)"
LISTED = "select position, at, account, subject, route from openings where position > $1 order by position limit $2"


Position = Annotated[int, Field(ge=0, lt=2**63)]


class Opening(BaseModel):
    """Who looked at whose data, when (system time) and through which route."""

    at: datetime
    account: UUID
    subject: str
    route: str


async def record(pool: Any, account: UUID, subject: UUID, route: str) -> None:
    """Before the data are handed out."""
    await pool.execute(RECORD, account, str(subject), route)


async def listed(pool: Any, cursor: str | None, limit: int) -> Page[Opening]:
    """Openings, oldest first."""
    after = decode_cursor(cursor, tuple[Position])[0] if cursor else 0
    rows = await pool.fetch(LISTED, after, limit + 1)
    items = [Opening(at=r["at"], account=r["account"], subject=r["subject"], route=r["route"]) for r in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1]["position"]) if len(rows) > limit else None)
