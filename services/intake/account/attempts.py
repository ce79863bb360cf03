"""Slowing down who guesses: failed attempts by number, counted in this process alone.

Several API processes each count for themselves, so an installation with n of them lets through n times as many.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from time import monotonic

from shared.web.refusal import TooManyRequests

NAMES = 100_000


@dataclass
class Attempts:
    """At most `limit` failures for one name within `seconds`; beyond `NAMES` names the oldest are forgotten."""

    limit: int = 10
    seconds: float = 300
    failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def check(self, name: str) -> None:
        """Raises TooManyRequests while there are too many recent failures."""
        recent = self.failures.get(name, deque())
        while recent and recent[0] < monotonic() - self.seconds:
            recent.popleft()
        if len(recent) >= self.limit:
            raise TooManyRequests(retry_after=int(recent[0] + self.seconds - monotonic()) + 1)

    def failed(self, name: str) -> None:
        self.failures.setdefault(name, deque(maxlen=self.limit)).append(monotonic())
        self.failures.move_to_end(name)
        if len(self.failures) > NAMES:
            self.failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        self.failures.pop(name, None)
