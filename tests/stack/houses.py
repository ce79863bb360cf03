"""Plain ASGI apps behind a front door, each served on a port of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from reglament.answering import answering, listening
from reglament.door.front import Front
from reglament.door.proxy import Proxy
from reglament.door.upstreams import Upstreams


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The app's base URL."""
    with listening("127.0.0.1", 0) as listener:
        async with answering(app, listener):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def front_door(told: str) -> AsyncIterator[str]:
    """A front door before intake, which answers where `told` says; its base URL."""
    async with Proxy({"intake": Upstreams(told)}) as proxy, served(Front(proxy.apps, nobody)) as url:
        yield url


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, 404, b"nobody")


async def answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def whole_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def nowhere() -> str:
    """A base URL where nobody listens."""
    with listening("127.0.0.1", 0) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def breaking_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that takes a request and dies over it."""
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=10)
