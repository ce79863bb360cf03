"""Around every request: its correlation id and trace, one line in the log, and an answer even to the unforeseen."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from uuid import UUID

from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.correlation import correlated, correlation_of
from shared.telemetry.log import log, log_failure
from shared.telemetry.metrics import REQUESTS
from shared.telemetry.service import current_service, serving
from shared.telemetry.spans import span
from shared.telemetry.tracing import continued
from shared.web.overload import EXCEPTED
from shared.web.problem import problem_response
from shared.web.refusal import InternalError

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class EachRequest:
    """Around all but the bounds on load. Log, spans and metrics have route templates, never addresses: those contain
    what callers typed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        correlation = correlation_of(headers.get("x-correlation-id"))
        with serving(_service(scope)), continued(headers.get("traceparent")), correlated(correlation):
            if scope["type"] == "websocket":
                return await self.app(scope, receive, send)
            return await self._answer(scope, receive, _Sender(send, correlation))

    async def _answer(self, scope: Scope, receive: Receive, send: "_Sender") -> None:
        with _span(scope) as opened, _noted(scope, send, opened):
            try:
                await self.app(scope, receive, send)
            except Exception as error:
                log_failure("request-failed", error)
                if send.status is not None:
                    raise
                await problem_response(scope, InternalError(correlation=send.correlation))(scope, receive, send)


def _span(scope: Scope) -> AbstractContextManager[Span]:
    """None for those who ask every few seconds how it goes."""
    return nullcontext(INVALID_SPAN) if scope["path"].endswith(EXCEPTED) else span("request", kind=SpanKind.SERVER)


def _service(scope: Scope) -> str | None:
    node = getattr(scope["app"].state, "node", None) if "app" in scope else None
    return node.service.name if node else None


@contextmanager
def _noted(scope: Scope, send: "_Sender", opened: Span) -> Iterator[None]:
    """Within it a request is answered; afterwards log, metrics and span say how."""
    start = perf_counter()
    try:
        yield
    finally:
        seconds = perf_counter() - start
        method = scope["method"] if scope["method"] in METHODS else "other"  # callers may send any word
        route = getattr(scope.get("route"), "path", None)
        log("request", method=method, route=route, status=send.status, ms=round(seconds * 1000, 1))
        answered = f"{send.status // 100}xx" if send.status else "none"
        REQUESTS.labels(current_service() or "", method, route or "none", answered).observe(seconds)
        opened.update_name(f"{method} {route or 'none'}")
        opened.set_attributes({"http.request.method": method, "http.route": route or "none"})
        opened.set_attribute("http.response.status_code", send.status or 0)
        if (send.status or 500) >= 500:
            opened.set_status(StatusCode.ERROR)


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
