"""Counting what was lost, doubled, changed, out of order or stuck, from the logs and from what clients were told.

Everything here returns the damage that it finds, each in a line; nothing found is an empty list.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.contracts.topics import READERS
from shared.kernel import held
from shared.kernel.checks.chains import examine
from shared.kernel.follow import stands
from shared.kernel.log import START, Log, Row
from shared.kernel.node import Node
from shared.transport.parked import parked
from tests.faults.journal import Told

EVERYTHING = "select * from events order by tx, position"
HOW_MANY = "select count(*) from events"
ROWS = "select to_jsonb(v)::text as row from views.{} v order by 1"

Logs = Mapping[str, Sequence[Row]]
"""By service, everything in its log, in the log's order."""


async def damage(logs: Mapping[str, Log], told: Iterable[Told] = ()) -> list[str]:
    """All that these services' logs, taken together, have wrong."""
    rows: Logs = {service: await log.pool.fetch(EVERYTHING) for service, log in logs.items()}
    found = [line for service in rows for line in streams(service, rows[service])]
    found += [*copies(rows), *acknowledged(rows, told), *effects(rows)]
    return found + [line for log in logs.values() for line in await stuck(log)]


def streams(service: str, rows: Sequence[Row]) -> Iterator[str]:
    """Each stream whole: no version missing or doubled, the hash chain unbroken; own ones in order in the log."""
    for wrong in examine(sorted(rows, key=lambda r: (r.stream, r.version))):
        yield f"{service}: {wrong.subject}: {wrong.what}"
    for name, count in Counter(name for r in rows for name in (f"{r.stream}@{r.version}", f"fact {r.id}")).items():
        if count > 1:
            yield f"{service}: {name} stands there {count} times"


def copies(logs: Logs) -> Iterator[str]:
    """Every public fact is at every reader, byte by byte, and no reader has one that its owner doesn't know."""
    for source in logs:
        own = {r.id: _plain(r) for r in logs[source] if r.subject is not None and r.origin is None}
        for reader in READERS[source]:
            if reader in logs:
                yield from _copies(source, own, reader, {r.id: r for r in logs[reader] if r.origin == source})


def _copies(source: str, own: Mapping[UUID, object], reader: str, came: Mapping[UUID, Row]) -> Iterator[str]:
    yield from (f"{reader} lacks {source}'s fact {id}" for id in own.keys() - came.keys())
    yield from (f"{reader} has a fact {id} that {source} doesn't know" for id in came.keys() - own.keys())
    yield from (f"{reader} has {source}'s fact {id} changed" for id, r in came.items() if own.get(id) != _plain(r))


def acknowledged(logs: Logs, told: Iterable[Told]) -> Iterator[str]:
    """The fact that each acknowledged command was answered with is in its service's log, written by that command."""
    places = {(s, f"{r.stream}@{r.version}"): r for s, rows in logs.items() for r in rows}
    for command in told:
        if command.id is None:
            yield f"{command.route} was never acknowledged ({command.key})"
        elif command.after:
            row = places.get((command.after.partition(":")[0], command.after))
            if row is None:
                yield f"{command.route} was acknowledged with {command.after}, which is lost"
            elif _meta(row).get("correlation") != command.key:
                yield f"{command.route} was acknowledged with {command.after}, which another command wrote"


def effects(logs: Logs) -> Iterator[str]:
    """Each command, by its correlation id, and each reaction, by its cause, wrote in one transaction alone."""
    written: dict[tuple[str, str, str], set[int]] = {}
    for service, rows in logs.items():
        for row in (r for r in rows if r.origin is None):
            meta = _meta(row)
            why = ("reaction to", meta["cause"]) if "cause" in meta else ("command", meta.get("correlation", ""))
            written.setdefault((service, *why), set()).add(row.tx)
    for (service, what, name), times in written.items():
        if len(times) > 1 and name:
            yield f"{service}: {what} {name} took effect {len(times)} times"


async def stuck(log: Log) -> list[str]:
    """What followers hold back, and records that didn't enter."""
    waits = [
        f"{log.service}: {h.reader} holds back {h.fact}: {h.error or h.awaits}" for h in await held.listed(log, True)
    ]
    return waits + [f"{log.service}: a record of {p.place.topic} is parked: {p.reason}" for p in await parked(log)]


async def views(node: Node) -> list[str]:
    """Read models that aren't what their log says; they are built anew on the way."""
    found = []
    for projector in node.projectors:
        before = await _rows(node.log, projector.view.name)
        await projector.rebuild()
        if before != await _rows(node.log, projector.view.name):
            found.append(f"{node.service.name}: the view {projector.view.name} wasn't what its facts say")
    return found


async def behind(nodes: Mapping[str, Node]) -> list[str]:
    """Who hasn't yet read everything there is: copies under way, reactions, views.

    The logs can't be read in one instant, so nobody may have written since the first was: a reaction to what one log had
    would be in none of them.
    """
    logs: Logs = {name: await node.log.pool.fetch(EVERYTHING) for name, node in nodes.items()}
    found = list(copies(logs))
    for name, node in nodes.items():
        last = max((r.place for r in logs[name] if r.subject is not None), default=START)
        for reader in [*(v.name for v in node.views), *([node.reactor.name] if node.reactions else [])]:
            if (await stands(node.log, reader) or START) < last:
                found.append(f"{name}: {reader} is behind")
    for name, node in nodes.items():
        if await node.log.pool.fetchval(HOW_MANY) != len(logs[name]):
            found.append(f"{name} goes on writing")
    return found


async def numbers(logs: Mapping[str, Log]) -> dict[str, int]:
    """How many facts of their own the services have."""
    return {s: await log.pool.fetchval("select count(*) from events where origin is null") for s, log in logs.items()}


async def _rows(log: Log, view: str) -> list[str]:
    return [r["row"] for r in await log.pool.fetch(ROWS.format(view))]


def _plain(row: Row) -> tuple[object, ...]:
    return row.id, row.stream, row.version, row.subject, row.type, row.data, row.meta, row.at


def _meta(row: Row) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(row.meta)
    return meta
