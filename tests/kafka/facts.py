"""Facts to send: golden examples' bodies, as an owner's log would hold them."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared.contracts.schema import EXAMPLES
from shared.kernel.log import Batch, Log, NewRow

RECORDED = datetime(2019, 9, 10, 10, 0, 0, 123457, UTC)


def body(name: str) -> str:
    return (EXAMPLES / f"{name}.v1.json").read_text()


def fact(owner: str, name: str, subject: UUID, version: int) -> NewRow:
    """This owner's fact about the subject, recorded `version` seconds after 10:00 and some odd microseconds."""
    meta = json.dumps({"class_version": 1, "hash": f"hash {version}", "role": "executor"})
    at = RECORDED + timedelta(seconds=version)
    return NewRow(uuid4(), f"{owner}:{subject}", version, str(subject), name, body(name), meta, at)


async def write(log: Log, *names: str, subject: UUID | None = None, first: int = 1) -> list[NewRow]:
    """Append facts with these names about one subject to its owner's log, in one commit."""
    about = subject or uuid4()
    rows = [fact(log.service, name, about, version) for version, name in enumerate(names, first)]
    await log.append(Batch(tuple(rows)))
    return rows
