"""What one socket still has to send: the newest state of each application, so nothing piles up and nothing doubles.

A cursor says up to which place of the log everything was sent, and what was sent beyond it. The place is of the log, so
it means the same after the view was built anew; it means nothing in another store.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.notification.cabinet.reads import Shown
from shared.kernel.log import START, Place

CURSOR = re.compile(r"([0-9a-f]{8})\.(\d{1,18})\.(\d{1,18})((?:\.[0-9a-f]{32}-\d{1,9})*)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to `place` was sent; `ahead`: versions sent of applications that have newer facts than that."""

    place: Place
    ahead: Mapping[str, int]

    def encode(self, store: str) -> str:
        beyond = "".join(f".{UUID(application).hex}-{version}" for application, version in sorted(self.ahead.items()))
        return f"{store}.{self.place.tx}.{self.place.position}{beyond}"


NOTHING_SENT = Cursor(START, {})
BEYOND = Place(2**63, 0)


def decode(text: str | None, store: str) -> Cursor:
    """The cursor in a text; one that this store didn't give means that nothing was sent."""
    found = CURSOR.fullmatch(text or "")
    if found is None or found[1] != store:
        return NOTHING_SENT
    beyond = (pair.split("-") for pair in found[4].split(".") if pair)
    ahead = {str(UUID(application)): int(version) for application, version in beyond}
    return Cursor(Place(int(found[2]), int(found[3])), ahead)


@dataclass(slots=True)
class _Sent:
    version: int
    place: Place


class Mailbox:
    """Filled by the dispatcher, emptied by the socket."""

    def __init__(self, start: Cursor) -> None:
        self.bell = asyncio.Event()
        self._complete = self._reached = start.place
        self._pending: dict[str, Shown] = {}
        # How new the facts were that were sent beyond the cursor isn't in it: newer than anything, until sent again.
        self._sent = {application: _Sent(version, BEYOND) for application, version in start.ahead.items()}

    def offer(self, rows: Iterable[Shown], reached: Place) -> None:
        """States as of `reached`, where the view has come to; only what is newer than was sent or waits is taken."""
        for row in rows:
            sent, waiting = self._sent.get(row.application), self._pending.get(row.application)
            if row.version > max(sent.version if sent else 0, waiting.version if waiting else 0):
                self._pending[row.application] = row
            elif sent and sent.version == row.version:
                sent.place = row.place
        self._reached = max(self._reached, reached)
        self._settle()
        if self._pending:
            self.bell.set()

    def next(self) -> Shown | None:
        """What is to be sent now; `note_sent` tells afterwards that it was."""
        return next(iter(self._pending.values()), None)

    def note_sent(self, row: Shown) -> None:
        self._sent[row.application] = _Sent(row.version, row.place)
        if self._pending.get(row.application) is row:
            del self._pending[row.application]
        self._settle()

    @property
    def cursor(self) -> Cursor:
        """What has been sent."""
        return self._cursor(self._complete, self._sent)

    def cursor_after(self, row: Shown) -> Cursor:
        """What will have been sent once this row is."""
        last = self._pending.keys() == {row.application}
        sent = {**self._sent, row.application: _Sent(row.version, row.place)}
        return self._cursor(self._reached if last else self._complete, sent)

    def _cursor(self, complete: Place, sent: Mapping[str, _Sent]) -> Cursor:
        return Cursor(complete, {a: s.version for a, s in sent.items() if s.place > complete})

    def _settle(self) -> None:
        if not self._pending:
            self._complete = self._reached
