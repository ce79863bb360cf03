"""Streams whole: own ones without gaps and in the log's order, and the chain of hashes unbroken, copies included."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.kernel.chain import GENESIS, chained
from shared.kernel.checks.difference import Difference
from shared.kernel.log import COLUMNS, Log, Place, Row

PAGE = (
    f"select tx, position, {COLUMNS} from events where (stream, version) > ($1, $2) order by stream, version limit $3"
)


class Link(NamedTuple):
    """The last fact looked at: what the next one of its stream is chained to, and stands behind in the log."""

    stream: str = ""
    version: int = 0
    hash: str = GENESIS
    tx: int = 0
    position: int = 0


async def chains(log: Log, after: Link, limit: int) -> tuple[list[Difference], Link | None]:
    """What is wrong with the next facts by stream and version, and where to go on; None at the end."""
    rows = await log.pool.fetch(PAGE, after.stream, after.version, limit)
    found = list(examine(rows, after))
    return found, _link(rows[-1]) if len(rows) == limit else None


def examine(rows: Iterable[Row], last: Link | None = None) -> Iterator[Difference]:
    """What is wrong with facts that come by stream and version; `last` stood before the first of them."""
    last = last or Link()
    for row in rows:
        before = last if last.stream == row.stream else Link(row.stream)
        last = _link(row)
        for what in _wrong(row, before):
            yield Difference("stream", f"{row.stream}@{row.version}", what)


def _wrong(row: Row, before: Link) -> Iterator[str]:
    follows = row.version == before.version + 1
    if not follows and row.origin is None:
        yield f"it comes after version {before.version}"
    if follows and not _is_chained(row, before.hash):
        yield "it isn't as it was written"
    if row.origin is None and row.place <= Place(before.tx, before.position):
        yield "it stands before an earlier version in the log"


def _is_chained(row: Row, previous: str) -> bool:
    meta = json.loads(row.meta)
    said = meta.pop("hash", None)
    return bool(said == chained(previous, row, meta))


def _link(row: Row) -> Link:
    return Link(row.stream, row.version, json.loads(row.meta).get("hash", GENESIS), *row.place)
