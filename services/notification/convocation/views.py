"""The letters about sittings: a row for each, from which members read theirs and the mail loop takes what waits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from services.notification.convocation.letters import Said, letters
from services.notification.convocation.rules import rules
from shared.contracts.commission import SittingCancelled, SittingScheduled
from shared.contracts.notification import ConvocationDelivered, ConvocationNotDelivered
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View

TABLE = """
create table {table}(
  subject text not null, id uuid not null, member uuid not null, template text not null, goes_at timestamptz not null,
  starts_at timestamptz not null, place text not null, application uuid not null, sequence int not null,
  waiting boolean not null, primary key (subject, id)
);
create index on {table}(member, goes_at desc, id desc);
create index on {table}(goes_at, id) where waiting;
"""
OWN = (
    "select * from views.letters where member = $1 and goes_at <= $2"
    " and ($3::timestamptz is null or (goes_at, id) < ($3, $4)) order by goes_at desc, id desc limit $5"
)
WAITING = (
    "select * from views.letters where waiting and goes_at <= $1 and starts_at > $1 and (goes_at, id) > ($2, $3)"
    " order by goes_at, id limit 200"
)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC), UUID(int=0)
SCHEDULING: dict[str, type[SittingScheduled | SittingCancelled]] = {
    fact.name(): fact for fact in (SittingScheduled, SittingCancelled)
}
OUTCOMES: dict[str, type[ConvocationDelivered | ConvocationNotDelivered]] = {
    fact.name(): fact for fact in (ConvocationDelivered, ConvocationNotDelivered)
}


def concerns(row: Row) -> bool:
    return row.type in SCHEDULING or row.type in OUTCOMES


async def prepare(_log: Log, _vault: Vault, _rows: Sequence[Row]) -> None:
    return None


def fold(subject: str, rows: list[Row], _context: None) -> Folded:
    facts = [
        Said(r.id, r.version, SCHEDULING[r.type].model_validate_json(r.data)) for r in rows if r.type in SCHEDULING
    ]
    over = {OUTCOMES[r.type].model_validate_json(r.data).letter for r in rows if r.type in OUTCOMES}
    return [
        {"subject": subject, **asdict(letter), "waiting": letter.id not in over}
        for letter in letters(facts, rules().ahead)
    ]


LETTERS = View("letters", TABLE, concerns, prepare, fold)


async def own(pool: Any, member: UUID, now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
    """A member's letters up to this legal instant, the newest first; `after` is the place of the last one seen."""
    return cast("list[Row]", await pool.fetch(OWN, member, now, *(after or (None, None)), limit))


async def waiting(pool: Any, now: datetime, after: tuple[datetime, UUID] = BEGINNING) -> list[Row]:
    """What is to be mailed at this legal instant: once a sitting has begun, nobody is told of it any more."""
    return cast("list[Row]", await pool.fetch(WAITING, now, *after))
