"""What the HTTP server of a process bears from its callers, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope, Send

from reglament.answering import answering, listening

PIECE, LONG = 10_000, 65_536
PATIENCE = 20


async def length_of_body(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with how long the body was."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    told = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
    await send({"type": "http.response.body", "body": told})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    with listening("127.0.0.1", 0) as listener:
        async with answering(length_of_body, listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            try:
                async with asyncio.timeout(PATIENCE):
                    yield reader, writer
            finally:
                writer.close()


async def answer_to(pieces: Iterable[bytes]) -> tuple[int, str]:
    """Status of the answer to what is sent piece by piece, until there is an answer; and its body, where its length is told."""
    async with connected() as (reader, writer):
        answered = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.002)
            if answered.done():
                break
        head = (await answered).lower()
        body = await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0))
        return int(head.split()[1]), body.decode()


def endless(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    while True:
        yield piece


def chunks(size: int, how_many: int) -> Iterator[bytes]:
    yield b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(how_many):
        yield b"%x\r\n%b\r\n" % (size, b"x" * size)
    yield b"0\r\n\r\n"


class TestARequestThatNeverBecomesWhole:
    async def test_by_an_endless_path_is_refused(self) -> None:
        assert (await answer_to(endless(b"GET /", b"a" * PIECE)))[0] == 400

    async def test_by_an_endless_header_is_refused(self) -> None:
        assert (await answer_to(endless(b"GET / HTTP/1.1\r\nX-Long: ", b"a" * PIECE)))[0] == 400

    async def test_by_ever_more_headers_is_refused(self) -> None:
        header = b"".join(b"X-%d: a\r\n" % n for n in range(PIECE // 8))
        assert (await answer_to(endless(b"GET / HTTP/1.1\r\n", header)))[0] == 400

    async def test_by_an_endless_trailer_is_refused(self) -> None:
        start = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Long: "
        assert (await answer_to(endless(start, b"a" * PIECE)))[0] == 400


class TestARequest:
    async def test_with_long_headers_is_answered(self) -> None:
        long = b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"a" * PIECE + b"\r\n\r\n"
        assert await answer_to([long]) == (200, "0")

    async def test_with_a_large_body_is_answered(self) -> None:
        size = 50 * LONG
        start = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % size
        assert await answer_to([start, *[b"x" * LONG] * (size // LONG)]) == (200, str(size))

    async def test_with_a_body_in_many_small_chunks_is_answered(self) -> None:
        assert await answer_to([b"".join(chunks(50, 40_000))]) == (200, "2000000")

    async def test_that_follows_others_on_the_same_connection_is_answered(self) -> None:
        request = b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"a" * PIECE + b"\r\n\r\n"
        async with connected() as (reader, writer):
            for _ in range(3 * LONG // PIECE):
                writer.write(request)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                await reader.readexactly(1)

    async def test_that_offers_another_protocol_keeps_its_body(self) -> None:
        start = b"POST / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        assert await answer_to([start + b"Content-Length: 4\r\n\r\n", b"body"]) == (200, "4")

    async def test_without_a_host_is_refused(self) -> None:
        assert (await answer_to([b"GET / HTTP/1.1\r\n\r\n"]))[0] == 400

    async def test_that_isnt_http_is_refused(self) -> None:
        assert (await answer_to([b"HELO there\r\n\r\n"]))[0] == 400
