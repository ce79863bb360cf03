"""How far imports have come, for whoever waits for one; a line each, no fact of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, Field

from services.scoring.importing.check import WrongTable
from services.scoring.organisation.refusals import ImportUnderWay
from shared.kernel.follow import TROUBLE
from shared.kernel.tasks import ended
from shared.web.refusal import Refused

BEAT, SILENT = 5.0, "30 seconds"
"""How often one that goes on says so; after which silence nobody is at it any more."""
KEPT = 20
GOES_ON = f"stage in ('checking', 'taking') and at > now() - interval '{SILENT}'"
BEGUN = (
    "insert into imports(id, evaluation, account, file, stage) select $1, $2, $3, $4, 'checking'"
    f" where not exists (select from imports where evaluation = $2 and file = $4 and {GOES_ON}) returning id"
)
FORGET = (
    "delete from imports where evaluation = $1"
    f" and id not in (select id from imports where evaluation = $1 order by at desc limit {KEPT})"
)
TOLD = "update imports set stage = $2, done = $3, rows = $4, at = now() where id = $1"
ENDED = "update imports set stage = $2, at = now() where id = $1"
ALIVE = "update imports set at = now() where id = $1"
LISTED = (
    f"select id, file, case when stage in ('checking', 'taking') and not ({GOES_ON}) then 'broken-off' else stage end stage,"
    " done, rows, at from imports where evaluation = $1 and ($2::uuid is null or account = $2)"
    f" order by at desc, id limit {KEPT}"
)


class Stage(StrEnum):
    """What an import has come to. Refused: nothing of the file was taken; broken off: the same file goes on."""

    CHECKING = "checking"
    TAKING = "taking"
    DONE = "done"
    REFUSED = "refused"
    BROKEN_OFF = "broken-off"


class Import(BaseModel):
    """How far one sending of a file has come: `done` of `rows`, about, are checked, then taken."""

    id: UUID
    file: str = Field(description="SHA-256 of the file")
    stage: Stage
    done: int
    rows: int
    at: AwareDatetime = Field(description="When it was last heard of")


class Note:
    """What is told of one import. That the store can't be told just now stops nothing."""

    def __init__(self, pool: Any) -> None:
        self.pool, self.id, self.stage = pool, uuid4(), Stage.CHECKING

    async def checked(self, done: int, rows: int) -> None:
        await self._write(TOLD, Stage.CHECKING, done, rows)

    async def taken(self, done: int, rows: int) -> None:
        self.stage = Stage.TAKING
        await self._write(TOLD, Stage.TAKING, done, rows)

    async def ended(self, stage: Stage) -> None:
        await self._write(ENDED, stage)

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self._write(ALIVE)

    async def _write(self, sql: str, *values: object) -> None:
        with suppress(*TROUBLE):
            await self.pool.execute(sql, self.id, *values)


@asynccontextmanager
async def noted(pool: Any, evaluation: UUID, account: UUID, file: str) -> AsyncIterator[Note]:
    """Within it a file is imported. Raises ImportUnderWay where that is being done already."""
    note = Note(pool)
    if await pool.fetchval(BEGUN, note.id, evaluation, account, file) is None:
        raise ImportUnderWay(file=file)
    await pool.execute(FORGET, evaluation)
    beating = asyncio.create_task(note.beat())
    stage = Stage.BROKEN_OFF
    try:
        yield note
        stage = Stage.DONE
    except (Refused, WrongTable):
        stage = Stage.REFUSED if note.stage is Stage.CHECKING else stage
        raise
    finally:
        await ended(beating)
        await note.ended(stage)


async def newest(pool: Any, evaluation: UUID, account: UUID | None) -> list[Import]:
    """An evaluation's newest imports: this account's, or everybody's."""
    return [Import(**r) for r in await pool.fetch(LISTED, evaluation, account)]
