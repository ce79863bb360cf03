"""Facts as they stand, views built anew, and who opened whose data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, Json

from shared.kernel import openings
from shared.kernel.log import Row
from shared.kernel.node import Node
from shared.web.commands import node_of
from shared.web.operations.who import KEYED, Auditor, Operator, Reader
from shared.web.pagination import Cursor, Page, PageSize
from shared.web.refusal import NotFound


class FactShown(BaseModel):
    """A public fact as it stands in this service's log; personal fields stay sealed."""

    id: UUID
    stream: str = Field(examples=["intake:0f8fad5b-d9cb-469f-a165-70867728950e"])
    version: int
    subject: str
    type: str = Field(examples=["ApplicationRegistered"])
    recorded_at: datetime
    origin: str | None = Field(description="The service that it was copied from; none for an own fact")
    data: Json[Any]
    meta: Json[Any]


class Rebuilt(BaseModel):
    view: str
    rows: int


def fact_shown(row: Row) -> FactShown:
    return FactShown(
        id=row.id,
        stream=row.stream,
        version=row.version,
        subject=row.subject or "",
        type=row.type,
        recorded_at=row.at,
        origin=row.origin,
        data=row.data,
        meta=row.meta,
    )


async def facts_about(node: Node, subject: str) -> list[FactShown]:
    """Every public fact about a subject that this service knows, by stream and version."""
    rows = await node.log.subjects([subject])
    return [fact_shown(r) for r in sorted(rows, key=lambda r: (r.at, r.stream, r.version))]


def add_facts(router: APIRouter) -> None:
    router.post("/views/{view}/rebuild", summary="Build a read model anew", dependencies=KEYED)(_rebuild)
    router.get("/facts/{subject}", summary="Public facts about a subject")(_facts)
    router.get("/openings", summary="Who opened whose data")(_openings)


async def _openings(
    request: Request, _: Auditor, cursor: Cursor = None, limit: PageSize = 50
) -> Page[openings.Opening]:
    return await openings.listed(node_of(request).log.pool, cursor, limit)


async def _rebuild(request: Request, view: str, _: Operator) -> Rebuilt:
    return await _rebuilt(node_of(request), view)


async def _facts(request: Request, subject: str, _: Reader) -> list[FactShown]:
    return await facts_about(node_of(request), subject)


async def _rebuilt(node: Node, view: str) -> Rebuilt:
    projector = next((p for p in node.projectors if p.view.name == view), None)
    if projector is None:
        raise NotFound
    return Rebuilt(view=view, rows=await projector.rebuild())
