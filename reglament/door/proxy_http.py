"""HTTP through the front door: a request goes, as it came, to one of a service's processes, and the answer back."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

import httpcore
from starlette.types import Message, Receive, Scope, Send

from reglament.door.proxy_socket import relay_socket
from reglament.door.upstreams import Upstreams
from shared.kernel.checks.difference import LONGEST
from shared.web.problem import problem_response
from shared.web.refusal import Unavailable

Headers = list[tuple[bytes, bytes]]
# Between two neighbours only (RFC 9110 §7.6.1); `expect` was answered here, and the server here dates its answers itself.
OF_ONE_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
NOT_FURTHER = OF_ONE_HOP | {b"expect", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"}
NOT_BACK = OF_ONE_HOP | {b"date", b"server"}
SAFE = {"GET", "HEAD", "OPTIONS"}
NOT_TAKEN = (httpcore.ConnectError, httpcore.ConnectTimeout)
BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
SECONDS = {"connect": 2.0, "pool": 5.0, "write": 30.0, "read": 60.0}
OF_A_CHECK = SECONDS | {"read": LONGEST}
OF_AN_IMPORT = SECONDS | {"read": 3600.0}
# Shorter than the services keep an idle connection, so that hardly a request meets one that is just closed.
IDLE = 3.0


class Way:
    """An ASGI app in place of a service: HTTP and WebSocket go on to one of `upstreams`, the next where connecting fails.

    What may have been taken is never sent again: the caller hears 503 and repeats it under its Idempotency-Key.
    """

    def __init__(self, upstreams: Upstreams, connections: int = 512) -> None:
        self.upstreams = upstreams
        self._pool = httpcore.AsyncConnectionPool(max_connections=connections, keepalive_expiry=IDLE)
        self._probes = httpcore.AsyncConnectionPool(keepalive_expiry=IDLE)  # they don't wait behind requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = forwarded(scope)
        if scope["type"] == "websocket":
            await relay_socket(self.upstreams, _target(scope), headers, scope, receive, send)
        elif (answer := await self._ask(scope, headers, receive)) is None:
            await problem_response(scope, Unavailable())(scope, receive, send)
        else:
            await _hand_back(answer, send)

    async def is_answering(self) -> bool:
        """Whether a process of the service says that it can do its work."""
        for url in self.upstreams.in_turn():
            with suppress(*NOT_TAKEN, *BROKEN):
                extensions = {"timeout": dict.fromkeys(SECONDS, 2.0)}
                if (await self._probes.request("GET", f"{url}/ready", extensions=extensions)).status == 200:
                    return True
        return False

    async def close(self) -> None:
        await self._pool.aclose()
        await self._probes.aclose()

    async def _ask(self, scope: Scope, headers: Headers, receive: Receive) -> httpcore.Response | None:
        """The beginning of an answer; None when there is none, or the way there broke."""
        body = _body(receive) if _has_body(scope) else None
        for url in self.upstreams.in_turn():
            request = httpcore.Request(
                scope["method"],
                _url(url, scope),
                headers=headers,
                content=body,
                extensions={"timeout": patience(scope)},
            )
            try:
                return await self._pool.handle_async_request(request)
            except NOT_TAKEN:
                continue
            except BROKEN:
                if body or scope["method"] not in SAFE:
                    return None
        return None


def patience(scope: Scope) -> dict[str, float]:
    """Seconds for each part of a request; an operator's check may look through a whole log, and a table have a hundred
    thousand rows."""
    if scope["path"].endswith("/imports"):
        return OF_AN_IMPORT
    return OF_A_CHECK if "/checks/" in scope["path"] else SECONDS


def forwarded(scope: Scope) -> Headers:
    """The headers for the next hop, saying for whom and how the request came here."""
    came: Headers = [(name.lower(), value) for name, value in scope["headers"]]
    named = {n.strip().lower() for name, value in came if name == b"connection" for n in value.split(b",")}
    headers = [(name, value) for name, value in came if name not in NOT_FURTHER and name not in named]
    if any(name == b"transfer-encoding" for name, _ in came):  # a length beside it means nothing (RFC 9112 §6.3)
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers.append((b"transfer-encoding", b"chunked"))
    client, host = scope.get("client"), dict(came).get(b"host")
    said = {b"x-forwarded-proto": scope["scheme"].replace("ws", "http").encode(), b"x-forwarded-host": host}
    said[b"x-forwarded-for"] = client[0].encode() if client else None
    return [*headers, *((name, value) for name, value in said.items() if value)]


def _target(scope: Scope) -> bytes:
    """Path and query exactly as they came."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path + (b"?" + scope["query_string"] if scope["query_string"] else b"")


def _url(base: str, scope: Scope) -> httpcore.URL:
    url = httpcore.URL(base)
    return httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=_target(scope))


def _has_body(scope: Scope) -> bool:
    return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    """The request's body as it comes in; a caller who goes away in the middle breaks the request there too."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise httpcore.ReadError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _hand_back(answer: httpcore.Response, send: Send) -> None:
    """An answer that breaks off must not look whole: it ends this connection, too."""
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": _back(answer.headers)})
        async for chunk in answer.aiter_stream():
            await send(_chunk(chunk, more=True))
        await send(_chunk(b"", more=False))
    finally:
        await answer.aclose()


def _chunk(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _back(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [(name.lower(), value) for name, value in headers if name.lower() not in NOT_BACK]
