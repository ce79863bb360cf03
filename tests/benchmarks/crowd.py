"""Thousands of readers of a WebSocket in a process of their own, as cheap as they can be, so that the server is measured.

`python -m tests.benchmarks.crowd PORT PATH FILE`: the file holds one first message a line. Told on its input `open`, all
connect at once and each waits for a frame; `expect`, then `next`: until each has one frame more; `drop`: all go without a
word; `forget`: they come without cursors the next time. It answers each with a line of JSON.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import uvloop

from deploy.child import dies_with_parent
from tests.benchmarks.serve import many_files

UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
AGAIN, TRIES = 0.2, 20


def masked(kind: int, content: bytes) -> bytes:
    """A client's frame; with a mask of zeros the content stays as it is."""
    size = len(content)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | kind]) + length + bytes(4) + content


@dataclass(eq=False)
class Reader(asyncio.Protocol):
    """One socket. `frames`: how many states came; `closed`: how often the server sent it away."""

    hello: dict[str, Any]
    upgrade: bytes
    frames: int = 0
    closed: int = 0
    why: str = ""
    opened: bool = False
    awaited: int = 0
    there: asyncio.Event = field(default_factory=asyncio.Event)
    transport: asyncio.Transport | None = None
    _buffer: bytearray = field(default_factory=bytearray)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.opened = cast("asyncio.Transport", transport), False
        self._buffer.clear()
        self.transport.write(self.upgrade)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened:
            if (end := self._buffer.find(b"\r\n\r\n")) < 0:
                return
            del self._buffer[: end + 4]
            self.opened = True
            self._send(TEXT, json.dumps(self.hello).encode())
        while frame := self._frame():
            self._took(*frame)

    def connection_lost(self, _: Exception | None) -> None:
        self.transport = None

    def wait_for(self, more: int) -> None:
        self.awaited = self.frames + more
        self.there.clear()

    def drop(self) -> None:
        if self.transport:
            self.transport.abort()
            self.transport = None

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, begin = buffer[1] & 0x7F, 2
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:begin], "big")
        if len(buffer) < begin + size:
            return None
        kind, content = buffer[0] & 0x0F, bytes(buffer[begin : begin + size])
        del buffer[: begin + size]
        return kind, content

    def _took(self, kind: int, content: bytes) -> None:
        if kind == PING:
            self._send(PONG, content)
        elif kind == CLOSE:
            self.closed += 1
            self.why = content.decode(errors="replace")
            self.drop()
        elif kind == TEXT and not content.startswith(b'{"ping"'):
            self.frames += 1
            if (at := content.rfind(b'"cursor":"')) > 0:
                self.hello["cursor"] = content[at + 10 :].partition(b'"')[0].decode()
            if self.frames >= self.awaited:
                self.there.set()

    def _send(self, kind: int, content: bytes) -> None:
        if self.transport:
            self.transport.write(masked(kind, content))


class Crowd:
    """All readers, and what they are told to do."""

    def __init__(self, port: int, path: str, hellos: list[dict[str, Any]]) -> None:
        upgrade = UPGRADE.format(path=path).encode()
        self.port, self.readers = port, [Reader(hello, upgrade) for hello in hellos]

    async def open(self) -> dict[str, float]:
        """Seconds until each has its first frame. Whoever is sent away comes again."""
        begun = time.perf_counter()
        for reader in self.readers:
            reader.wait_for(1)
        await asyncio.gather(*(self._come(reader) for reader in self.readers))
        return {"seconds": time.perf_counter() - begun, "again": sum(r.closed for r in self.readers)}

    async def _come(self, reader: Reader) -> None:
        loop = asyncio.get_running_loop()
        while not reader.there.is_set():
            if reader.transport is None:
                try:
                    await loop.create_connection(lambda: reader, "127.0.0.1", self.port)
                except OSError:
                    reader.closed += 1
            try:
                async with asyncio.timeout(AGAIN if reader.transport is None else 1):
                    await reader.there.wait()
            except TimeoutError:
                if reader.closed > TRIES:
                    raise RuntimeError(reader.why) from None

    def forget(self) -> dict[str, float]:
        """As if nobody had been here before."""
        for reader in self.readers:
            reader.hello.pop("cursor", None)
        return {}

    def expect(self) -> dict[str, float]:
        for reader in self.readers:
            reader.wait_for(1)
        return {}

    async def next(self, patience: float = 60) -> dict[str, float]:
        """How many of the expected frames are missing when all have come, or none comes any more; and when the last came."""
        begun = time.perf_counter()
        waiting = asyncio.gather(*(reader.there.wait() for reader in self.readers))
        try:
            async with asyncio.timeout(patience):
                await waiting
        except TimeoutError:
            pass
        missing = sum(not reader.there.is_set() for reader in self.readers)
        return {"seconds": time.perf_counter() - begun, "missing": missing}

    def drop(self) -> dict[str, float]:
        for reader in self.readers:
            reader.drop()
        return {}


async def serve(port: int, path: str, hellos: list[dict[str, Any]]) -> None:
    crowd = Crowd(port, path, hellos)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while told := (await lines.readline()).decode().strip():
        done = getattr(crowd, told)()
        print(json.dumps(await done if asyncio.iscoroutine(done) else done), flush=True)


@dataclass
class Talk:
    """The crowd, from the process that measures."""

    process: asyncio.subprocess.Process

    async def tell(self, what: str) -> dict[str, float]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{what}\n".encode())
        answer: dict[str, float] = json.loads(await self.process.stdout.readline())
        return answer


@asynccontextmanager
async def crowd(port: int, path: str, hellos: Path) -> AsyncIterator[Talk]:
    command = [sys.executable, "-m", "tests.benchmarks.crowd", str(port), path, str(hellos)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=-1, stdout=-1, preexec_fn=dies_with_parent(signal.SIGKILL)
    )
    try:
        yield Talk(process)
    finally:
        process.kill()
        await process.wait()


if __name__ == "__main__":
    many_files()
    _hellos = [json.loads(line) for line in Path(sys.argv[3]).read_text().splitlines()]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as _runner:
        _runner.run(serve(int(sys.argv[1]), sys.argv[2], _hellos))
