"""The registered state bodies, one row each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.scoring.body.domain import BodyKind, StateBody
from services.scoring.replaying import replayed
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View
from shared.procedure.basics import Names

TABLE = """create table {table}(
  subject text primary key, id uuid not null, bin text not null, name jsonb not null, kind text not null
)"""
LISTED = "select id, bin, name, kind from views.state_bodies where $1::uuid[] is null or id = any($1) order by bin"


class BodyShown(BaseModel):
    """A state body; its id is what grants name."""

    id: UUID
    bin: str
    name: Names
    kind: BodyKind


async def listed(pool: Any, bodies: list[UUID] | None) -> list[BodyShown]:
    """These bodies (None: all), by BIN."""
    rows = await pool.fetch(LISTED, bodies)
    return [BodyShown(**{**r, "name": Names.model_validate_json(r["name"])}) for r in rows]


async def prepare(_: Log, __: Vault, ___: Sequence[Row]) -> None:
    """A body's own facts say all."""


def fold(subject: str, rows: list[Row], _: None) -> Folded:
    body = replayed(StateBody, rows)
    name = body.name.model_dump(mode="json")
    return [{"subject": subject, "id": body.body, "bin": body.bin, "name": name, "kind": body.kind}]


def concerns(_: Row) -> bool:
    return True


STATE_BODIES = View("state_bodies", TABLE, concerns, prepare, fold, of="state-body")
