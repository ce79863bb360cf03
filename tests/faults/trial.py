"""Cases that run in a house while something is taken from under it, and what is wrong afterwards."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.demo.worked import load
from tests.faults import counting
from tests.faults.house import PROCEDURE, House, house
from tests.faults.journal import Journal, Persistent
from tests.faults.story import Story
from tests.support.waiting import eventually

CASES = ("granted", "refused", "withdrawn")


@dataclass
class Trial:
    """`clients`: what they were told meanwhile."""

    house: House
    journal: Journal
    clients: Persistent

    async def while_cases_run(self, trouble: Callable[[], Awaitable[None]]) -> None:
        """One case of each kind, all at once, and the trouble in their middle; until all have come to their end."""
        stories = [Story(self.house.stage, load(PROCEDURE, name)[1]) for name in CASES]
        playing = [asyncio.ensure_future(story.play()) for story in stories]
        await eventually(lambda: asyncio.sleep(0, any(story.application for story in stories)))
        await trouble()
        await asyncio.gather(*playing)

    async def wrong(self) -> list[str]:
        """Everything lost, doubled, changed, out of order, parked or shown wrongly, once all have read everything."""
        nodes = self.house.system.nodes

        async def read() -> bool:
            return not await counting.behind(nodes)

        await eventually(read)
        found = await counting.damage({name: node.log for name, node in nodes.items()}, self.journal.told())
        return found + [line for node in nodes.values() for line in await counting.views(node)]


@asynccontextmanager
async def trial(postgres: EmbeddedPostgres, bootstrap: str | None, folder: Path) -> AsyncIterator[Trial]:
    """`folder`: outside everything that breaks."""
    clients: list[Persistent] = []
    with Journal(folder / "journal") as journal:

        def between(wire: httpx.AsyncBaseTransport) -> Persistent:
            clients.append(Persistent(journal, random.Random(1), wire))
            return clients[0]

        async with house(postgres, bootstrap, between) as running:
            yield Trial(running, journal, clients[0])
