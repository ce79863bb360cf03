"""Where the processes of a service answer, as the front door knows it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

FILE = "file:"


class Upstreams:
    """Base URLs separated by commas, or `file:/path` of a file with one per line, read anew when it was changed."""

    def __init__(self, told: str) -> None:
        self._file = Path(told.removeprefix(FILE)) if told.startswith(FILE) else None
        self._urls = [] if self._file else [url.strip().rstrip("/") for url in told.split(",") if url.strip()]
        self._read_at = 0
        self._turn = count()

    def in_turn(self) -> Iterator[str]:
        """Each once, another one first at each call."""
        urls = self._known()
        first = next(self._turn)
        return (urls[(first + i) % len(urls)] for i in range(len(urls)))

    def _known(self) -> list[str]:
        if self._file and self._file.exists() and (changed := self._file.stat().st_mtime_ns) != self._read_at:
            self._urls, self._read_at = self._file.read_text().split(), changed
        return self._urls
