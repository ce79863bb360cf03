"""The W3C trace context of what is being done now: taken from a request, passed on in a fact's meta and headers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


def current_traceparent() -> str | None:
    """The `traceparent` of the current span, or the one that was passed in; None outside any trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued_trace(headers: Mapping[str, str]) -> Iterator[None]:
    """Within it, the trace that the headers name is the current one; headers that name none change nothing."""
    token = context.attach(_PROPAGATOR.extract(headers))
    try:
        yield
    finally:
        context.detach(token)
