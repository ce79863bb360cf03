"""Procedures for everybody to read: what is in force, with the contradictions of the texts and the reading in use."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from services.intake.edition.editions import all_editions, editions_of, local_day
from services.intake.rest import PREFIX
from shared.procedure.act import Act, InForce
from shared.procedure.editions import Published
from shared.procedure.format import Names, Procedure
from shared.web.access import anyone
from shared.web.commands import node_of
from shared.web.refusal import NotFound

Day = Annotated[date | None, Query(description="The day to ask about; today by the legal clock, if left out")]

router = APIRouter(prefix=f"{PREFIX}/procedures", tags=["procedures"], dependencies=[Depends(anyone)])


class ProcedureLine(BaseModel):
    code: str = Field(examples=["karaganda-2019/new-business-ideas"])
    edition: str
    title: Names
    provider: str
    channels: tuple[Literal["paper", "portal"], ...]
    interval: InForce
    in_force: bool = Field(description="On the day asked about")


class ProcedureShown(ProcedureLine):
    """A procedure with its act, as it runs; `procedure.contradictions` are those of the text."""

    act: Act
    procedure: Procedure


@router.get("", summary="Every procedure, in the edition of that day")
async def list_procedures(request: Request, on: Day = None) -> list[ProcedureLine]:
    node = node_of(request)
    by_code: dict[str, list[Published]] = {}
    for published in await all_editions(node.log):
        by_code.setdefault(published.edition.code, []).append(published)
    now = await node.clock.now()
    current = (_current(editions, on or local_day(editions[-1], now)) for _, editions in sorted(by_code.items()))
    return [ProcedureLine(**_line(published, day)) for published, day in current]


@router.get("/{act}/{procedure}", summary="One procedure, in the edition of that day")
async def show_procedure(request: Request, act: str, procedure: str, on: Day = None) -> ProcedureShown:
    node = node_of(request)
    editions = await editions_of(node.log, f"{act}/{procedure}")
    if not editions:
        raise NotFound
    published, day = _current(editions, on or local_day(editions[-1], await node.clock.now()))
    edition = published.edition
    return ProcedureShown(**_line(published, day), act=edition.act, procedure=edition.procedure)


def _current(editions: list[Published], day: date) -> tuple[Published, date]:
    """The edition in force that day, else the last published."""
    return next((p for p in reversed(editions) if p.edition.act.in_force.on(day)), editions[-1]), day


def _line(published: Published, day: date) -> dict[str, Any]:
    act, procedure = published.edition.act, published.edition.procedure
    return {
        "code": published.edition.code,
        "edition": published.digest,
        "title": procedure.title,
        "provider": procedure.provider.code,
        "channels": procedure.channels,
        "interval": act.in_force,
        "in_force": act.in_force.on(day),
    }
