"""Editions as evaluations use them: adopted when the first one opens, read from the service's own log ever after."""

import json
from collections.abc import Iterable

from services.scoring.edition.domain import AdoptedEdition
from services.scoring.sheet.edition import Edition, read
from shared.kernel.log import Log
from shared.kernel.work import UnitOfWork


async def adopt(work: UnitOfWork, edition: Edition) -> None:
    """Keep the edition with the facts. Adopted before: nothing changes."""
    if await work.find(AdoptedEdition, AdoptedEdition.create_id(edition.digest)) is None:
        work.save(AdoptedEdition(edition.digest, edition.text, work.now))


async def edition_of(work: UnitOfWork, digest: str) -> Edition:
    return (await work.load(AdoptedEdition, AdoptedEdition.create_id(digest))).edition


async def editions_in(log: Log, digests: Iterable[str]) -> dict[str, Edition]:
    """The editions of these digests, by digest."""
    rows = await log.together([], [AdoptedEdition.create_id(digest) for digest in set(digests)])
    found = [read(json.loads(row.data)["text"]) for row in rows]
    return {edition.digest: edition for edition in found}
