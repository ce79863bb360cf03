"""A file of facts, taken in parts: checked as a whole before, so that nothing of a wrong one is used.

Each part is a command of its own, so a file of any size needs the memory of one part. What breaks off is gone on with by
sending the same file again; until then the evaluation can't be closed.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from fastapi import UploadFile
from pydantic import Field

from services.scoring.evaluation.collecting import FileTaken
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.importing.apart import check_apart
from services.scoring.importing.check import Checked, WrongTable, organisations
from services.scoring.importing.wanted import Wanted
from services.scoring.organisation import handlers
from services.scoring.organisation.handlers import reporting_as, side
from services.scoring.organisation.imports import Note, noted
from services.scoring.routes import organisations_to_report
from services.scoring.sheet.facts import Organisation
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork, Who
from shared.web.given import Acting
from shared.web.idempotency import IdempotencyKey

PART = 20
"""Rows a command: with 50, requests beside it waited 0.3 s (p99), with 20 0.04 s, and the whole took no longer."""
_CHUNK = 1 << 20


class Imported(FileTaken):
    """What became of a file."""

    again: bool = Field(False, description="The file was taken whole before, and nothing was changed this time")


@dataclass(frozen=True)
class Taking:
    """One sending of a file."""

    node: Node
    who: Who
    acting: Acting
    evaluation: UUID
    key: IdempotencyKey

    async def take(self, sent: UploadFile) -> Imported:
        """Check the file, then take it part by part; at the end its answer is kept under its key.

        Raises WrongTable, ImportUnderWay, KeyReused, Stale, CheckFailed, and what reporting refuses with.
        """
        if answered := await self.node.answered(self.key):
            return Imported.model_validate_json(answered.result)
        found = await evaluation_of(await self.node.work(self.who), self.evaluation)
        by = side(reporting_as(self.acting, found))
        with TemporaryDirectory(prefix="reglament-import-") as folder:
            file = Path(folder) / "table.xlsx"  # openpyxl asks for the name
            name = await asyncio.to_thread(_kept, sent.file, file)
            await sent.close()
            if earlier := found.files.get((by, name)):
                return Imported(**earlier.model_dump(), again=True)
            found.must_take_reports()
            self.acting.must_know(found)
            async with noted(self.node.log.pool, self.evaluation, self.acting.account, name) as note:
                return await self._take_new(found, file, name, note)

    async def _take_new(self, found: Evaluation, file: Path, name: str, note: Note) -> Imported:
        rows = file.with_name("rows")
        checked = await check_apart(file, found.period, rows, note.checked, self._wanted(found))
        if checked.problems:
            raise WrongTable(checked)
        await asyncio.to_thread(file.unlink)
        new = await self._take_parts(name, checked, rows, note)
        return await self._complete(name, checked, new)

    def _wanted(self, evaluation: Evaluation) -> Wanted:
        return Wanted(evaluation.kind, organisations_to_report(self.acting.caller, evaluation.body))

    async def _take_parts(self, file: str, checked: Checked, rows: Path, note: Note) -> set[str]:
        """The BINs of whom the file said something new."""
        new: set[str] = set()
        done = 0
        await note.taken(done, checked.rows)
        for part in _parts(organisations(rows)):

            async def command(work: UnitOfWork, part: list[Organisation] = part) -> str:
                return await handlers.take(work, self.acting, self.evaluation, file, checked.rows, part)

            new.update((await self.node.perform(command, self.who)).result.split())
            done += len(part)
            await note.taken(done, checked.rows)
        return new

    async def _complete(self, file: str, checked: Checked, new: set[str]) -> Imported:
        taken = FileTaken(
            file=file, rows=checked.rows, organisations=checked.organisations, facts=checked.facts, new=len(new)
        )
        done = await self.node.perform(
            lambda work: handlers.complete(work, self.acting, self.evaluation, taken), self.who, self.key
        )
        return Imported.model_validate_json(done.result)


def _kept(sent: BinaryIO, file: Path) -> str:
    """Writes there what was sent; returns what the file is known by."""
    digest = hashlib.sha256()
    with file.open("wb") as written:
        while chunk := sent.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def _parts(every: Iterator[Organisation]) -> Iterator[list[Organisation]]:
    while part := list(islice(every, PART)):
        yield part
