"""No more requests at once than a process bears: the rest waits for a moment, in order, and is then turned away.

What is worked on is so little that it is done soon, and the number of all bounds the memory. A request counts from when its
body is in to when its answer begins: callers on slow lines take nobody's place. Who is turned away costs a request that
leads to nothing, and comes again after a second: so it is spent on waiting for a place first.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
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
PATIENCE = 1.0
"""Seconds that a request waits for a place."""
EXCEPTED = ("/health", "/ready", "/metrics")
TELL = 1.0
"""Seconds between two lines in the log about how many were turned away."""


class Overload:
    """Outermost middleware: at most `at_once` requests are worked on, and `present` are there in all, with those that wait.

    Probes, metrics and WebSockets are excepted: what says how it goes has to answer above all when it goes badly.
    """

    def __init__(
        self, app: ASGIApp, at_once: int = AT_ONCE, present: int = PRESENT, patience: float = PATIENCE
    ) -> None:
        self.app, self.at_once, self.most, self.patience = app, at_once, present, patience
        self.present, self.turned_away, self.told = 0, 0, monotonic()
        self.begun, self.worked_on, self.waiting = set[object](), set[object](), deque[asyncio.Future[None]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_probe(scope):
            return await self.app(scope, receive, send)
        if self.present < self.most:
            self.present += 1
            try:
                if await self._may_begin():
                    return await self._take_in(scope, receive, send)
            finally:
                self.present -= 1
        self._note()
        return await refusal(choose_locale(Headers(scope=scope).get("accept-language")))(scope, receive, send)

    async def _may_begin(self) -> bool:
        if len(self.worked_on) < self.at_once and not self.waiting:
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.patience):
                    await turn
            return not turn.cancelled()
        finally:
            if turn.cancelled():
                self.waiting.remove(turn)

    async def _take_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = object()
        self.begun.add(request)

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                self.worked_on.add(request)
            return message

        async def answered(message: Message) -> None:
            self._leave(request)
            await send(message)

        try:
            await self.app(scope, heard, answered)
        finally:
            self._leave(request)

    def _leave(self, request: object) -> None:
        """Whoever waits longest has the next turn; those who were told so and whose bodies aren't in yet don't count."""
        if request not in self.begun:
            return
        self.begun.discard(request)
        self.worked_on.discard(request)
        if turn := next((turn for turn in self.waiting if not turn.done()), None):
            self.waiting.remove(turn)
            turn.set_result(None)

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
