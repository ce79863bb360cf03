"""A file of facts, taken in parts: checked as a whole before, so that nothing of a wrong one is used.

Each part is a command of its own, so a file of any size needs the memory of one part. What breaks off is gone on with by
sending the same file again; until then the evaluation can't be closed.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.importing.check import Checked, check, organisations
from services.scoring.organisation import handlers
from services.scoring.organisation.handlers import must_be_of_kind
from services.scoring.routes import grant_to_report
from services.scoring.sheet.facts import Organisation
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork, Who
from shared.web.given import Acting

PART = 50
TOLD = (
    "insert into imports(evaluation, file, organisations, taken) values($1, $2, $3, $4)"
    " on conflict (evaluation, file) do update set organisations = excluded.organisations, taken = excluded.taken, at = now()"
)
LISTED = "select file, organisations, taken from imports where evaluation = $1 order by at desc, file limit 20"


class Imported(BaseModel):
    """What became of a file. `new`: rows that said something that wasn't reported before."""

    file: str = Field(description="SHA-256 of the file")
    rows: int
    facts: int
    new: int


class Taken(BaseModel):
    """How far a file has been taken."""

    file: str
    organisations: int
    taken: int


class WrongTable(Exception):
    """The file has rows that can't be imported; nothing of it was."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(f"{len(checked.problems)} problems")
        self.checked = checked


async def take_file(node: Node, who: Who, acting: Acting, evaluation: UUID, content: bytes) -> Imported:
    """Check the file, then take it part by part. Raises WrongTable, and what reporting refuses with."""
    found = await _open(node, who, evaluation)
    with TemporaryDirectory(prefix="reglament-import-") as folder:
        file, kept = Path(folder) / "table.xlsx", Path(folder) / "kept"  # openpyxl asks for the name
        await asyncio.to_thread(file.write_bytes, content)
        checked = await asyncio.to_thread(check, file, found.period, kept)
        if checked.problems:
            raise WrongTable(checked)
        await asyncio.to_thread(_must_be_theirs, acting, found, kept)
        name = await asyncio.to_thread(digest, content)
        new = await _take(node, who, acting, evaluation, name, checked.rows, kept)
    return Imported(file=name, rows=checked.rows, facts=checked.facts, new=new)


def digest(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


async def taken(pool: Any, evaluation: UUID) -> list[Taken]:
    """The newest files of an evaluation and how far each has been taken."""
    return [Taken(**r) for r in await pool.fetch(LISTED, evaluation)]


async def _open(node: Node, who: Who, evaluation: UUID) -> Evaluation:
    found = await evaluation_of(await node.work(who), evaluation)
    found.must_take_reports()
    return found


def _must_be_theirs(acting: Acting, evaluation: Evaluation, kept: Path) -> None:
    """Before any part is taken: every organisation is one that the caller reports, and of the kind that the part is about."""
    for said in organisations(kept):
        grant_to_report(acting.caller, evaluation.body, said.bin)
        must_be_of_kind(said, evaluation)


async def _take(node: Node, who: Who, acting: Acting, evaluation: UUID, file: str, whole: int, kept: Path) -> int:
    new = done = 0
    for part in _parts(organisations(kept)):

        async def command(work: UnitOfWork, part: list[Organisation] = part) -> str:
            return await handlers.take(work, acting, evaluation, file, whole, part)

        new += int((await node.perform(command, who)).result)
        done += len(part)
        await node.log.pool.execute(TOLD, evaluation, file, whole, done)
    await node.perform(lambda work: handlers.complete(work, acting, evaluation, file), who)
    return new


def _parts(every: Iterator[Organisation]) -> Iterator[list[Organisation]]:
    while part := list(islice(every, PART)):
        yield part
