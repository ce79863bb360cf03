"""Gauges that the store has to be asked for, read every few seconds with queries that stay cheap, never at a scrape."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from shared.kernel import missing
from shared.kernel.follow import TROUBLE, stands
from shared.kernel.log import START, Log
from shared.kernel.tasks import heed_cancellation
from shared.telemetry import metrics

EVERY = 5.0
BEHIND = (
    "select count(*) as facts, extract(epoch from now() - min(at))::float8 as seconds from ("
    "select at from events where (tx, position) > ($1, $2) and %s order by tx, position limit 10000) later"
)
HELD = "select count(*) filter (where error is not null) as parked, count(*) filter (where awaits <> '{}') as waiting from held"
RECORDS = "select count(*) from parked_records"
SOURCES = "select source, extract(epoch from now() - at)::float8 as seconds from watermarks"
OLDEST = (
    "select pg_snapshot_xmin(now) as oldest, pg_snapshot_xmin(now) < pg_snapshot_xmax(now) as open"
    " from pg_current_snapshot() now"
)

Measure = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Oldest:
    """The oldest writing transaction of the cluster, by its number alone: other roles' sessions aren't shown to a service."""

    log: Log
    number: int = 0
    since: float = 0.0

    async def measure(self) -> None:
        """Sets for how long it has been seen to hide what was committed after it; 0 as long as nothing was."""
        [row], now = await self.log.pool.fetch(OLDEST), monotonic()
        if not row["open"] or row["oldest"] != self.number:
            self.number, self.since = row["oldest"], now
        metrics.OLDEST_TRANSACTION.labels(self.log.service).set(now - self.since)


async def measuring(log: Log, more: Iterable[Measure] = ()) -> None:
    """Read everything, again and again; trouble of the store passes."""
    measures = [lambda: _held(log), lambda: _sources(log), lambda: _followers(log), Oldest(log).measure, *more]
    while True:
        try:
            for measure in measures:
                await measure()
            metrics.measured(log.service)
        except TROUBLE:
            heed_cancellation()
        await asyncio.sleep(EVERY)


async def _held(log: Log) -> None:
    [held] = await log.pool.fetch(HELD)
    metrics.PARKED.labels(log.service).set(held["parked"])
    metrics.WAITING.labels(log.service).set(held["waiting"])
    metrics.PARKED_RECORDS.labels(log.service).set(await log.pool.fetchval(RECORDS))
    metrics.MISSING.labels(log.service).set(await log.pool.fetchval(missing.COUNT))


async def _sources(log: Log) -> None:
    for row in await log.pool.fetch(SOURCES):
        metrics.SOURCE_BEHIND_SECONDS.labels(log.service, row["source"]).set(row["seconds"])


async def _followers(source: Log) -> None:
    """How far those who follow this log in this process are behind; one that is beginning again counts too."""
    for (service, kind), (target, name, where) in list(source.followers.items()):
        [behind] = await source.pool.fetch(BEHIND % where, *(await stands(target, name) or START))
        metrics.BEHIND.labels(service, source.service, kind).set(behind["facts"])
        metrics.BEHIND_SECONDS.labels(service, source.service, kind).set(behind["seconds"] or 0)
