"""No more requests at once than a process bears: the rest is turned away at once, for next to nothing.

What is taken in is so little that it is done soon, and its number bounds the memory. A request counts from when its body
is in to when its answer begins: callers on slow lines take nobody's place.
"""

from collections.abc import AsyncIterator
from functools import cache
from time import monotonic

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.log import log
from shared.texts.languages import Language, choose_locale
from shared.web.problem import problem_response
from shared.web.refusal import Overloaded

AT_ONCE, PRESENT = 64, 512
EXCEPTED = ("/health", "/ready", "/metrics")
TELL = 1.0
"""Seconds between two lines in the log about how many were turned away."""


class Overload:
    """Outermost middleware: at most `at_once` requests are worked on, and `present` are there in all.

    Probes, metrics and WebSockets are excepted: what says how it goes has to answer above all when it goes badly.
    """

    def __init__(self, app: ASGIApp, at_once: int = AT_ONCE, present: int = PRESENT) -> None:
        self.app, self.at_once, self.most = app, at_once, present
        self.present, self.worked_on, self.turned_away, self.told = 0, set[object](), 0, monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_probe(scope):
            return await self.app(scope, receive, send)
        if len(self.worked_on) >= self.at_once or self.present >= self.most:
            self._note()
            return await refusal(choose_locale(Headers(scope=scope).get("accept-language")))(scope, receive, send)
        return await self._take_in(scope, receive, send)

    async def _take_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = object()

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                self.worked_on.add(request)
            return message

        async def answered(message: Message) -> None:
            self.worked_on.discard(request)
            await send(message)

        self.present += 1
        try:
            await self.app(scope, heard, answered)
        finally:
            self.present -= 1
            self.worked_on.discard(request)

    def _note(self) -> None:
        self.turned_away += 1
        if monotonic() - self.told > TELL:
            log("requests-turned-away", count=self.turned_away)
            self.turned_away, self.told = 0, monotonic()


def _is_probe(scope: Scope) -> bool:
    """One with a body isn't: bodies are read before it is known whether there is such an address."""
    headers = Headers(scope=scope)
    return scope["path"].endswith(EXCEPTED) and not ({"content-length", "transfer-encoding"} & set(headers.keys()))


class Turns:
    """A bound of its own for what takes long beside the loop, as a dependency of the routes that share it. `wait`: seconds
    after which who was turned away may ask again."""

    def __init__(self, at_once: int, wait: int = 1) -> None:
        self.at_once, self.wait, self.taken = at_once, wait, 0

    async def __call__(self) -> AsyncIterator[None]:
        """Raises Overloaded."""
        if self.taken >= self.at_once:
            raise Overloaded(retry_after=self.wait)
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


@cache
def refusal(language: Language) -> Response:
    """The same for everybody who reads this language: it names no request, since nothing was begun for it."""
    return problem_response({"type": "http", "headers": [(b"accept-language", language.encode())]}, Overloaded())
