"""What clients sent and what they were answered, in a file outside everything that is killed.

A command is written down before it is sent, its answer before the client goes on: what counts is what stands there.
"""

import asyncio
import hashlib
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx

AGAIN = 0.1
"""How often a command that was acknowledged is sent once more, for no reason."""
PAUSE = 0.05


class Told(NamedTuple):
    """A command with the answer that its sender was given; `id` None: sent, but not acknowledged."""

    key: str
    route: str
    body: str
    id: str | None
    after: str


class Journal:
    """Each line is on the disk before the call returns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+")
        self.repeated = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def sent(self, key: str, route: str, body: bytes) -> None:
        self._write({"key": key, "route": route, "body": hashlib.sha256(body).hexdigest()})

    def acknowledged(self, key: str, id: str, after: str) -> None:
        self._write({"key": key, "id": id, "after": after})

    def told(self) -> list[Told]:
        """Every command ever sent, with its answer."""
        known: dict[str, dict[str, Any]] = {}
        for line in self._lines():
            known.setdefault(line["key"], {}).update(line)
        return [Told(k, c["route"], c["body"], c.get("id"), c.get("after", "")) for k, c in known.items()]

    def _lines(self) -> Iterator[dict[str, Any]]:
        self._file.seek(0)
        yield from map(json.loads, self._file)

    def _write(self, line: dict[str, str]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Persistent(httpx.AsyncBaseTransport):
    """Sends each request until it is answered, whoever dies meanwhile: a command under the same key each time.

    A command's key is its correlation id too, by which the facts that it wrote are found.
    """

    def __init__(self, journal: Journal, chance: random.Random, wire: httpx.AsyncBaseTransport | None = None) -> None:
        self.journal, self.chance, self.wire = journal, chance, wire or httpx.AsyncHTTPTransport()
        self.unavailable: list[str | None] = []
        """What Retry-After said, each time that the answer was 503."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return await self._answered(request)
        request.headers["X-Correlation-Id"] = key
        self.journal.sent(key, f"{request.method} {request.url.path}", await request.aread())
        answer = await self._answered(request)
        if answer.is_success:
            done = answer.json()
            self.journal.acknowledged(key, done["id"], done.get("after", ""))
            await self._once_more(request, done)
        return answer

    async def aclose(self) -> None:
        await self.wire.aclose()

    async def _once_more(self, request: httpx.Request, done: dict[str, Any]) -> None:
        if self.chance.random() < AGAIN:
            again = await self._answered(request)
            assert again.json() == done, f"{request.url.path} was answered {done}, then {again.json()}"

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        while True:
            try:
                answer = await self.wire.handle_async_request(request)
                content = await answer.aread()
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return httpx.Response(answer.status_code, headers=answer.headers, content=content)
                self.unavailable.append(answer.headers.get("Retry-After"))
            except httpx.TransportError:
                self.journal.repeated += "Idempotency-Key" in request.headers
            await asyncio.sleep(PAUSE)
