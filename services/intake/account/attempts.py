"""Slowing down who guesses: attempts by number that didn't succeed, counted in this process alone.

Several API processes each count for themselves, so an installation with n of them lets through n times as many.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from time import monotonic

from shared.web.refusal import TooManyRequests

NAMES = 100_000


@dataclass
class Attempts:
    """At most `limit` failures for one name within `seconds`; beyond `NAMES` names the oldest are forgotten.

    An attempt counts as failed from its beginning until it has succeeded, so that many at once aren't let through.
    """

    limit: int = 10
    seconds: float = 300
    failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def begin(self, name: str) -> None:
        """Raises TooManyRequests while there are too many recent failures."""
        recent = self.failures.get(name, deque())
        while recent and recent[0] < monotonic() - self.seconds:
            recent.popleft()
        if len(recent) >= self.limit:
            raise TooManyRequests(retry_after=int(recent[0] + self.seconds - monotonic()) + 1)
        self.failures.setdefault(name, deque(maxlen=self.limit)).append(monotonic())
        self.failures.move_to_end(name)
        if len(self.failures) > NAMES:
            self.failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        self.failures.pop(name, None)
