"""Evaluations, one row each: what stage they are at, and what stands approved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Scored
from services.scoring.replaying import replayed
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View
from shared.procedure.basics import Names
from shared.web.pagination import Page, decode_cursor, encode_cursor

TABLE = """create table {table}(
  subject text primary key, id uuid not null, body uuid not null, bin text not null, period int not null, part text not null,
  stage text not null, since timestamptz not null, due timestamptz, number int not null, computed int,
  total int, max int, rows jsonb, approved_at timestamptz
);
create index on {table}(period desc, id);
create index on {table}(body, part, period);
create index on {table}(period, part, total) where total is not null"""
NAMED = "select e.*, b.name from views.evaluations e join views.state_bodies b on b.id = e.body"
LISTED = (
    f"{NAMED} where ($1::uuid[] is null or e.body = any($1)) and ($2::int is null or e.period = $2)"
    " and ($3::text is null or e.part = $3) and ($4::text is null or e.stage = $4)"
    " and ($5::int is null or (-e.period, e.id) > (-$5, $6::uuid)) order by e.period desc, e.id limit $7"
)
RANKED = f"""select *, rank() over (order by total desc) as place
  from ({NAMED}) named where period = $1 and part = $2 and total is not null order by total desc, bin"""
COMPARED = f"{NAMED} where e.body = $1 and e.part = $2 and e.total is not null order by e.period"
ROWS = TypeAdapter(list[Scored])


class Line(BaseModel):
    """One evaluation. `computed`: the total of the figures under way; `total`, `max`: of the version that stands approved."""

    id: UUID
    body: UUID
    bin: str
    name: Names
    period: int = Field(examples=[2022])
    part: str = Field(examples=["state-enterprises"])
    stage: Stage
    since: AwareDatetime
    due: AwareDatetime | None = Field(description="Until when the body may object")
    number: int = Field(description="Of the version under way, or approved")
    computed: int | None
    total: int | None
    max: int | None


class Ranked(BaseModel):
    """A body's place among all that were approved for the period and part; equal totals share a place."""

    place: int
    body: UUID
    bin: str
    name: Names
    evaluation: UUID
    total: int
    max: int


class Period(BaseModel):
    """What was approved for a period, row by row."""

    period: int
    evaluation: UUID
    total: int
    max: int
    rows: list[Scored]


async def listed(
    pool: Any,
    bodies: list[UUID] | None,
    period: int | None,
    part: str | None,
    stage: Stage | None,
    cursor: str | None,
    limit: int,
) -> Page[Line]:
    """Of these bodies (None: all), the newest period first."""
    after = decode_cursor(cursor, tuple[int, UUID]) if cursor else (None, None)
    rows = await pool.fetch(LISTED, bodies, period, part, stage, *after, limit + 1)
    items = [Line(**{**_named(r), **{n: r[n] for n in Line.model_fields if n != "name"}}) for r in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last.period, str(last.id)) if last else None)


async def ranking(pool: Any, period: int, part: str) -> list[Ranked]:
    found = await pool.fetch(RANKED, period, part)
    return [
        Ranked(
            place=r["place"],
            body=r["body"],
            bin=r["bin"],
            evaluation=r["id"],
            total=r["total"],
            max=r["max"],
            **_named(r),
        )
        for r in found
    ]


async def periods(pool: Any, body: UUID, part: str) -> list[Period]:
    """What was approved of a body in this part, the oldest first."""
    found = await pool.fetch(COMPARED, body, part)
    return [
        Period(
            period=r["period"], evaluation=r["id"], total=r["total"], max=r["max"], rows=ROWS.validate_json(r["rows"])
        )
        for r in found
    ]


def _named(r: Any) -> dict[str, Any]:
    return {"name": Names.model_validate_json(r["name"])}


async def prepare(_: Log, __: Vault, ___: Sequence[Row]) -> None:
    """An evaluation's own facts say all."""


def concerns(_: Row) -> bool:
    return True


def fold(subject: str, rows: list[Row], _: None) -> Folded:
    evaluation = replayed(Evaluation, rows)
    approval = evaluation.approvals[-1] if evaluation.approvals else None
    figures = approval.said.figures if approval else None
    return [
        {
            "subject": subject,
            "id": evaluation.evaluation,
            "body": evaluation.body,
            "bin": evaluation.bin,
            "period": evaluation.period,
            "part": evaluation.part,
            "stage": evaluation.stage,
            "since": evaluation.since,
            "due": evaluation.due,
            "number": evaluation.number,
            "computed": evaluation.figures.total if evaluation.figures else None,
            "total": figures.total if figures else None,
            "max": figures.max if figures else None,
            "rows": [row.model_dump(mode="json", exclude={"named"}) for row in figures.rows] if figures else None,
            "approved_at": approval.at if approval else None,
        }
    ]


EVALUATIONS = View("evaluations", TABLE, concerns, prepare, fold, of="evaluation")
