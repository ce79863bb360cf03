"""A reader of the live cabinet: the WebSocket of a person's applications."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.journeys.town import Town
from tests.support.waiting import PATIENCE

Frame = dict[str, Any]


@dataclass
class Reader:
    """What has come so far; `versions` in order of arrival."""

    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list)

    @property
    def versions(self) -> list[int]:
        return [f["version"] for f in self.frames]

    @property
    def cursor(self) -> str:
        return str(self.frames[-1]["cursor"])

    async def next(self) -> Frame:
        async with asyncio.timeout(PATIENCE):
            while "ping" in (frame := json.loads(await self.socket.recv())):
                pass
        self.frames.append(frame)
        return dict(frame)

    async def until(self, version: int) -> Frame:
        """The frame of this version or a newer one."""
        while not self.frames or self.frames[-1]["version"] < version:
            await self.next()
        return self.frames[-1]

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close."""
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def watching(town: Town, token: str, **hello: Any) -> AsyncIterator[Reader]:
    async with connect(f"{town.url.replace('http', 'ws')}/api/cabinet/v1/live", compression=None) as socket:
        await socket.send(json.dumps({"token": token, **hello}))
        yield Reader(socket)
