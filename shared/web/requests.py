"""Around every request: its correlation id and trace, one line in the log, and an answer even to the unforeseen."""

from time import perf_counter
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.correlation import correlated, correlation_of
from shared.telemetry.log import log, log_failure
from shared.telemetry.tracing import continued_trace
from shared.web.problem import problem_response
from shared.web.refusal import InternalError


class EachRequest:
    """Outermost middleware. The log has route templates, never addresses: those contain what callers typed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        with continued_trace(headers), correlated(correlation_of(headers.get("x-correlation-id"))) as correlation:
            if scope["type"] == "websocket":
                return await self.app(scope, receive, send)
            return await self._answer(scope, receive, _Sender(send, correlation))

    async def _answer(self, scope: Scope, receive: Receive, send: "_Sender") -> None:
        start = perf_counter()
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            log_failure("request-failed", error)
            if send.status is not None:
                raise
            await problem_response(scope, InternalError(correlation=send.correlation))(scope, receive, send)
        finally:
            route = getattr(scope.get("route"), "path", None)
            milliseconds = round((perf_counter() - start) * 1000, 1)
            log("request", method=scope["method"], route=route, status=send.status, ms=milliseconds)


class _Sender:
    """Sends on, remembering the status and adding the correlation id to the headers."""

    def __init__(self, send: Send, correlation: UUID) -> None:
        self.send = send
        self.correlation = correlation
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Correlation-Id"] = str(self.correlation)
        await self.send(message)
