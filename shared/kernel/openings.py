"""Openings of a person's data by others: recorded apart from the facts, read by the auditor."""

from collections.abc import Iterable
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
    subject: str = Field(description="The application, or the account itself")
    route: str = Field(examples=["/api/intake/v1/applications/{application}"])


async def record(pool: Any, account: UUID, subjects: Iterable[UUID], route: str) -> None:
    """Before the data about these subjects are handed out."""
    await pool.executemany(RECORD, [(account, str(subject), route) for subject in subjects])


async def listed(pool: Any, cursor: str | None, limit: int) -> Page[Opening]:
    """Openings, oldest first."""
    after = decode_cursor(cursor, tuple[Position])[0] if cursor else 0
    rows = await pool.fetch(LISTED, after, limit + 1)
    items = [Opening(at=r["at"], account=r["account"], subject=r["subject"], route=r["route"]) for r in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1]["position"]) if len(rows) > limit else None)
