"""An installation whose links between services can be cut and healed while it runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from reglament.embedded.system import Embedded
from shared.kernel.tasks import ended

SENDING = ("copy:", "relay")


@dataclass
class Links:
    """Shut, nothing is sent from service to service; what was to be sent goes out when it is opened again."""

    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _shut: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        self._open.clear()
        self._shut.set()
        try:
            yield
        finally:
            self._shut.clear()
            self._open.set()

    async def carry(self, loop: Callable[[], Awaitable[None]]) -> None:
        """Run the loop while the links are open."""
        while True:
            await self._open.wait()
            sending, shut = asyncio.ensure_future(loop()), asyncio.create_task(self._shut.wait())
            try:
                await asyncio.wait({sending, shut}, return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    await sending
            finally:
                await ended(sending, shut)


class Severable(Embedded):
    """The installation with `links` around each loop that sends facts from one service to another."""

    links: Links

    async def _connect(self) -> None:
        self.links = Links()
        await super()._connect()
        for node in self.nodes.values():
            for name in [n for n in node.loops if n.startswith(SENDING)]:
                node.loops[name] = partial(self.links.carry, node.loops[name])
