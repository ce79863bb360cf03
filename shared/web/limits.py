"""Request bodies are read once, up to a limit, before anything looks at them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problem import problem_response
from shared.web.refusal import TooLarge

MEGABYTE = 1_000_000
HEARD_OUT = 10


class BodyLimit:
    """Refuses a longer body with TooLarge; a shorter one is left in `request.state.body`.

    `larger` gives the limit in megabytes for paths that match a pattern (uploads of documents), and only to whom `known`
    says is somebody; all else takes `megabytes`. A caller that goes away in the middle is forgotten: half a body is no request.
    """

    def __init__(
        self,
        app: ASGIApp,
        megabytes: int = 1,
        larger: Mapping[str, int] | None = None,
        known: Callable[[Scope], bool] = lambda _: True,
    ) -> None:
        self.app, self.known = app, known
        self.megabytes = megabytes
        self.larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        megabytes = self._megabytes(scope)
        try:
            body = await _read(receive, megabytes * MEGABYTE)
        except ClientDisconnect:
            return None
        if body is None:
            refusal = problem_response(scope, TooLarge(megabytes=megabytes), headers={"Connection": "close"})
            return await refusal(scope, receive, send)
        state = scope.setdefault("state", {})
        state["body"] = body
        del body
        return await self.app(scope, _replay(state, receive), send)

    def _megabytes(self, scope: Scope) -> int:
        limits = [limit for pattern, limit in self.larger.items() if re.fullmatch(pattern, scope["path"])]
        return limits[0] if limits and self.known(scope) else self.megabytes


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None when it is longer than the limit.

    Up to `HEARD_OUT` times the limit the rest is read and dropped: a caller still sending wouldn't hear the refusal.
    """
    chunks: list[bytes] = []
    length, more = 0, True
    while more and length <= HEARD_OUT * limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        length += len(chunk)
        if length <= limit:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if length <= limit else None


def _replay(state: dict[str, Any], receive: Receive) -> Receive:
    """The body from where it was left, which holds it alone: a large one may be let go there."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": state["body"], "more_body": False}

    return replayed
