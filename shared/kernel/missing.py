"""A log that was restored from before its neighbours' copies: nothing is written to it, or a second history began."""

from dataclasses import dataclass
from time import monotonic

from shared.kernel.log import Log
from shared.web.refusal import Refused

COUNT = "select count(*) from missing"
EVERY = 5.0


class RestoredBehind(Refused):
    """The service was restored from a backup, and its neighbours have facts of it that the backup hadn't."""

    status = 503
    takes = ("facts",)


@dataclass
class Missing:
    """How many own public facts the log lacks; asked again every few seconds."""

    log: Log
    facts: int = 0
    _asked: float = float("-inf")

    async def refuse(self) -> None:
        """Raises RestoredBehind while any is missing."""
        if monotonic() - self._asked > EVERY:
            self.facts = await self.log.pool.fetchval(COUNT)
            self._asked = monotonic()
        if self.facts:
            raise RestoredBehind(facts=self.facts)
