"""A WebSocket through the front door: frames and the way it is closed pass in both directions."""

import asyncio
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.http11 import Response as Refusal
from websockets.typing import Subprotocol

from reglament.door.upstreams import Upstreams
from shared.web.problem import problem_response
from shared.web.refusal import Unavailable

# The client library makes those of the handshake itself.
OF_THE_HANDSHAKE = (b"sec-websocket-", b"host", b"user-agent", b"content-length", b"transfer-encoding")
NO_CODE, BROKEN_OFF, RESTARTING = 1005, 1006, 1012
NOT_NOW = 503


async def relay_socket(
    upstreams: Upstreams,
    target: bytes,
    headers: list[tuple[bytes, bytes]],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Accept what a process of the service accepts, refuse as it refuses, or with 503 where none answers."""
    await receive()  # websocket.connect
    socket = await _connected(upstreams, target, headers, scope.get("subprotocols") or [])
    if socket is None:
        await problem_response(scope, Unavailable())(scope, receive, send)
    elif isinstance(socket, Refusal):
        kind = socket.headers.get("content-type")
        await Response(bytes(socket.body or b""), socket.status_code, media_type=kind)(scope, receive, send)
    else:
        async with socket:
            await send({"type": "websocket.accept", "subprotocol": socket.subprotocol})
            await _pass_both_ways(socket, receive, send)


async def _connected(
    upstreams: Upstreams, target: bytes, headers: list[tuple[bytes, bytes]], subprotocols: list[str]
) -> ClientConnection | Refusal | None:
    passed = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in headers if not n.startswith(OF_THE_HANDSHAKE)]
    agent = next((value.decode("latin-1") for name, value in headers if name == b"user-agent"), None)
    for url in upstreams.in_turn():
        try:
            return await connect(
                url.replace("http", "ws", 1) + target.decode("latin-1"),
                additional_headers=passed,
                user_agent_header=agent,
                subprotocols=[Subprotocol(s) for s in subprotocols] or None,
                open_timeout=5,
                max_size=None,
                compression=None,
                proxy=None,
            )
        except InvalidStatus as refused:
            if refused.response.status_code != NOT_NOW:
                return refused.response
        except (OSError, TimeoutError, InvalidHandshake):
            continue
    return None


async def _pass_both_ways(socket: ClientConnection, receive: Receive, send: Send) -> None:
    inwards = asyncio.ensure_future(_inwards(socket, receive))
    try:
        await _outwards(socket, send)
    finally:
        inwards.cancel()
        await asyncio.wait({inwards})


async def _inwards(socket: ClientConnection, receive: Receive) -> None:
    while (message := await receive())["type"] == "websocket.receive":
        with suppress(ConnectionClosed):
            await socket.send(_content(message))
    code = message.get("code") or NO_CODE
    await socket.close(code if code not in (NO_CODE, BROKEN_OFF) else 1000, message.get("reason") or "")


async def _outwards(socket: ClientConnection, send: Send) -> None:
    """Ends when the service has closed, or the caller has, which closes there."""
    async for frame in _frames(socket):
        await send({"type": "websocket.send", "text" if isinstance(frame, str) else "bytes": frame})
    code = socket.close_code or BROKEN_OFF
    how = {"code": 1000 if code == NO_CODE else RESTARTING if code == BROKEN_OFF else code}
    with suppress(RuntimeError, OSError):  # the caller closed first
        await send({"type": "websocket.close", **how, "reason": socket.close_reason or ""})


async def _frames(socket: ClientConnection) -> Any:
    with suppress(ConnectionClosed):
        async for frame in socket:
            yield frame


def _content(message: Any) -> str | bytes:
    text: str | None = message.get("text")
    return text if text is not None else message["bytes"]
