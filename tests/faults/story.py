"""Cases driven through the interface while the ground shakes: worked cases, their instants on a clock that only goes on."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from reglament.asking.client import Answered, Client
from reglament.demo.case import Act
from reglament.demo.driver import Driver
from reglament.demo.stage import Stage

AHEAD = timedelta(minutes=10)
"""Legal time runs on while servers are away: a sitting has to be still ahead when its convocation gets through."""


@dataclass
class SharedStage(Stage):
    """A stage for many cases at once: nobody sets the clock back, nobody sets it while somebody fixes a date."""

    clock: asyncio.Lock = field(default_factory=asyncio.Lock)
    door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self, day: datetime) -> None:
        """Only here the clock may go back: from the machine's day to that of the cases."""
        await super().move_clock(day)
        await self.set(day)

    async def move_clock(self, to: datetime) -> None:
        async with self.clock:
            if await self.now() < to:
                await super().move_clock(to)

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.operator.get("/api/demonstration/v1/clock"))["now"])

    async def as_(self, handle: str) -> Client:
        async with self.door:
            return await super().as_(handle)


class Story(Driver):
    """A worked case whose acts take place when they are done."""

    stage: SharedStage

    async def play(self) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for act in self.worked.acts:
            now = self._local(await self.stage.now())
            state = await self.settled(await self.doing(act.do)(act.model_copy(update={"at": now, "receipt": None})))
        return state

    async def state(self, after: str) -> dict[str, Any]:
        while True:
            try:
                return await super().state(after)
            except Answered as answered:
                if answered.status != httpx.codes.NOT_FOUND:
                    raise
            await asyncio.sleep(0.1)  # its registration is on the way

    async def convene(self, act: Act) -> str:
        async with self.stage.clock:
            self.starts_at = await self.stage.now() + AHEAD
            return await super().convene(act.model_copy(update={"sitting": self._local(self.starts_at)}))

    async def sit(self, act: Act) -> str:
        await self.stage.move_clock(self.starts_at)
        return await super().sit(act)

    def _local(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.stage.zone)).replace(tzinfo=None).isoformat()
