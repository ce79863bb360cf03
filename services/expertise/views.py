"""The institute's list: one row for each application that it examines or has examined. No personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.expertise.handlers import KIND
from shared.calendar.calendar import releases
from shared.contracts.common import CaseFact
from shared.contracts.expertise import ExpertsNamed
from shared.contracts.topics import BY_TYPE
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View
from shared.procedure.case import Case
from shared.procedure.cases import build, editions_in
from shared.procedure.editions import Published
from shared.procedure.progress import Completion, OpenStep
from shared.web.pagination import Page, decode_cursor, encode_cursor

TABLE = """create table {table}(
  subject text primary key, provider text not null, number text not null, procedure text not null,
  state text not null, since timestamptz not null, due timestamptz, experts uuid[] not null, lead uuid
);
create index on {table}(provider, since desc, subject desc);
create index on {table} using gin (experts)"""
LISTED = (
    "select * from views.expertises where ($1::text[] is null or provider = any($1) or experts @> array[$2::uuid])"
    " and ($3::text is null or state = $3)"
    " and ($4::timestamptz is null or (since, subject) < ($4, $5)) order by since desc, subject desc limit $6"
)


class Line(BaseModel):
    """One application of the list. `state`: to-name, under-way, concluded, or how the case ended without a conclusion;
    `since`: from when the expertise's term runs."""

    id: UUID
    number: str
    procedure: str
    provider: str
    state: str = Field(examples=["under-way"])
    since: AwareDatetime
    due: AwareDatetime | None
    experts: list[UUID]
    lead: UUID | None


async def listed(
    pool: Any, providers: list[str] | None, expert: UUID, state: str | None, cursor: str | None, limit: int
) -> Page[Line]:
    """The newest first: of these providers (None: all), and whatever this expert examines."""
    after = decode_cursor(cursor, tuple[AwareDatetime, str]) if cursor else (None, None)
    rows = await pool.fetch(LISTED, providers, expert, state, *after, limit + 1)
    items = [Line(id=r["subject"], **{n: r[n] for n in Line.model_fields if n != "id"}) for r in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last.since, str(last.id)) if last else None)


def concerns(row: Row) -> bool:
    return issubclass(BY_TYPE[row.source, row.type].fact, CaseFact)


async def prepare(log: Log, _: Vault, rows: Sequence[Row]) -> dict[str, Published]:
    return await editions_in(log, rows)


def fold(subject: str, rows: list[Row], editions: dict[str, Published]) -> Folded:
    case = build("expertise", subject, rows, None, editions)
    codes = [s.code for s in case.steps_of_kind(KIND)]
    opened = next((o for o in case.progress.open if o.step.code in codes), None)
    done = [c for code in codes if (c := case.progress.completion(code))]
    named = case.newest(ExpertsNamed)
    if not (opened or done or named):
        return []
    due = case.deadline(opened) if opened else None
    known = named.body if named and isinstance(named.body, ExpertsNamed) else None
    return [
        {
            "subject": subject,
            "provider": case.registered.provider,
            "number": case.registered.number,
            "procedure": case.registered.procedure,
            "state": state_of(case, known, concluded=bool(done) and opened is None),
            "since": _since(case, opened, done),
            "due": due.at if due else None,
            "experts": list(known.experts) if known else [],
            "lead": known.lead if known else None,
        }
    ]


def state_of(case: Case, named: ExpertsNamed | None, *, concluded: bool) -> str:
    if concluded:
        return "concluded"
    if case.progress.ended:
        return case.progress.ended.outcome
    return "under-way" if named else "to-name"


def _since(case: Case, opened: OpenStep | None, done: list[Completion]) -> datetime:
    """From when the newest round ran: the moment of an open step, else the one that the newest conclusion tells."""
    if opened:
        return opened.since or max(f.at for f in opened.rests_on)
    told = [f.step for c in done for f in c.facts if f.step]
    return max([s.since or s.happened_at for s in told], default=case.registered.happened_at)


EXPERTISES = View("expertises", TABLE, concerns, prepare, fold, made_with=releases)
