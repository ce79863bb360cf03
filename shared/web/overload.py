"""No more requests at once than a process bears: the rest waits for a moment, in order, and is then turned away.

What is worked on is so little that it is done soon, and the number of all bounds the memory. A request counts from when its
body is in to when its answer begins: callers on slow lines take nobody's place. Who is turned away costs a request that
leads to nothing, and comes again after a second: so it is spent on waiting for a place first.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from time import monotonic

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.log import log
from shared.telemetry.metrics import REQUESTS_WAITING, TURNED_AWAY
from shared.texts.languages import Language, choose_locale
from shared.web.problem import problem_response
from shared.web.refusal import Overloaded

AT_ONCE, PRESENT = 64, 512
PATIENCE = 1.0
"""Seconds that a request waits for a place."""
MOMENT = 0.05
"""Seconds that a place is kept for a request whose body isn't in."""
EXCEPTED = ("/health", "/ready", "/metrics")
TELL = 1.0
"""Seconds between two lines in the log about how many were turned away."""


@dataclass(eq=False, slots=True)
class _Caller:
    """`left`: its answer has begun, or it has gone."""

    left: bool = False


class Overload:
    """Outermost middleware: about `at_once` requests are worked on, and `present` are there in all, with those that wait.

    Who is given a place has a moment to send the body; who takes longer keeps nobody from it, and is worked on beside the
    others once the body has come (`BodyLimit`, within, asks for every body, also for an empty one). Probes, metrics and
    WebSockets are excepted: what says how it goes has to answer above all when it goes badly.
    """

    def __init__(
        self, app: ASGIApp, at_once: int = AT_ONCE, present: int = PRESENT, patience: float = PATIENCE
    ) -> None:
        self.app, self.at_once, self.most, self.patience = app, at_once, present, patience
        self.present, self.turned_away, self.told = 0, 0, monotonic()
        self.sending, self.worked_on = set[_Caller](), set[_Caller]()
        self.waiting = OrderedDict[_Caller, asyncio.Future[None]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_probe(scope):
            return await self.app(scope, receive, send)
        if self.present < self.most:
            caller = _Caller()
            self.present += 1
            try:
                if await self._has_place(caller):
                    return await self._serve(caller, scope, receive, send)
            finally:
                self.present -= 1
                self._leave(caller)
        self._note()
        return await refusal(choose_locale(Headers(scope=scope).get("accept-language")))(scope, receive, send)

    async def _has_place(self, caller: _Caller) -> bool:
        if self._is_free and not self.waiting:
            self._let_in(caller)
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[caller] = turn
        with REQUESTS_WAITING.track_inprogress(), suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                await turn
        return not turn.cancelled()

    async def _serve(self, caller: _Caller, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False) and not caller.left:
                self.sending.discard(caller)
                self.worked_on.add(caller)
            return message

        async def answered(message: Message) -> None:
            self._leave(caller)
            await send(message)

        await self.app(scope, heard, answered)

    @property
    def _is_free(self) -> bool:
        return len(self.sending) + len(self.worked_on) < self.at_once

    def _let_in(self, caller: _Caller) -> None:
        self.sending.add(caller)
        asyncio.get_running_loop().call_later(MOMENT, self._is_slow, caller)

    def _is_slow(self, caller: _Caller) -> None:
        if caller in self.sending:
            self.sending.discard(caller)
            self._call_in()

    def _leave(self, caller: _Caller) -> None:
        if not caller.left:
            caller.left = True
            self.waiting.pop(caller, None)
            self.sending.discard(caller)
            self.worked_on.discard(caller)
            self._call_in()

    def _call_in(self) -> None:
        """Whoever waits longest has the next place."""
        while self.waiting and self._is_free:
            caller, turn = self.waiting.popitem(last=False)
            if not turn.done():  # else its patience has just ended, or it has gone
                turn.set_result(None)
                self._let_in(caller)

    def _note(self) -> None:
        TURNED_AWAY.inc()
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
