"""WebSockets through the front door, with plain apps behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.stack.houses import front_door, nowhere, served


class Talker:
    """Says back what it hears; `bye` makes it close with 4401. Remembers how it was left."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.query = b""
        self.left: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers, self.query = dict(scope["headers"]), scope["query_string"]
        await receive()
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        while (heard := await receive())["type"] == "websocket.receive":
            if heard.get("text") == "bye":
                await send({"type": "websocket.close", "code": 4401, "reason": "token over"})
                return
            await send({"type": "websocket.send", **{k: v for k, v in heard.items() if k != "type" and v is not None}})
        self.left = heard["code"]


@asynccontextmanager
async def called(talker: ASGIApp, path: str = "/api/intake/v1/live", **how: Any) -> AsyncIterator[ClientConnection]:
    async with (
        served(talker) as behind,
        front_door(behind) as url,
        connect(url.replace("http", "ws", 1) + path, **how) as socket,
    ):
        yield socket


class TestWhenTheServiceAccepts:
    async def test_frames_pass_both_ways(self) -> None:
        async with called(Talker()) as socket:
            await socket.send("тіркелді")
            await socket.send(b"\x00\xff")
            assert (await socket.recv(), await socket.recv()) == ("тіркелді", b"\x00\xff")

    async def test_headers_query_and_subprotocol_pass(self) -> None:
        talker, wanted = Talker(), [Subprotocol("cabinet")]
        async with called(talker, "/api/intake/v1/live?since=7", subprotocols=wanted, origin="http://a.kz") as socket:
            assert socket.subprotocol == "cabinet"
        assert (talker.query, talker.headers[b"origin"]) == (b"since=7", b"http://a.kz")
        assert talker.headers[b"x-forwarded-for"] == b"127.0.0.1"

    async def test_the_services_code_reaches_the_caller(self) -> None:
        async with called(Talker()) as socket:
            await socket.send("bye")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4401, "token over")

    async def test_the_callers_code_reaches_the_service(self) -> None:
        talker = Talker()
        async with called(talker) as socket:
            await socket.send("one")
            await socket.recv()
            await socket.close(3001, "enough")
        assert talker.left == 3001


class TestWhenTheServiceRefuses:
    async def test_the_caller_is_refused_as_the_service_says(self) -> None:
        async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b"who?"})

        with pytest.raises(InvalidStatus) as refused:
            async with called(refusing):
                pass
        assert refused.value.response.status_code == 401


class TestWhenNobodyAnswers:
    async def test_the_caller_is_told_to_come_again(self) -> None:
        async with front_door(await nowhere()) as url:
            with pytest.raises(InvalidStatus) as refused:
                await connect(url.replace("http", "ws", 1) + "/api/intake/v1/live")
        assert refused.value.response.status_code == 503
        assert "Retry-After" in refused.value.response.headers


class TestWhenTheProcessDies:
    async def test_the_caller_is_told_that_it_is_being_restarted(self) -> None:
        async def dying(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            raise SystemError

        async with called(dying) as socket:
            await socket.send("die")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in (1011, 1012)
