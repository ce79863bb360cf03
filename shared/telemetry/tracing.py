"""The W3C trace context of what is being done now: taken from a request or a fact's meta, passed on in facts' meta and
Kafka's headers. Every trace has ids, whether or not anybody records its spans.

Of what callers send only `traceparent` is read: `tracestate` and baggage might carry anything about anybody.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_UNRECORDED = TraceFlags(TraceFlags.DEFAULT)


def current_traceparent() -> str | None:
    """The `traceparent` of the current span, or the one that was passed in; None outside any trace."""
    now = trace.get_current_span().get_span_context()
    return (
        f"00-{now.trace_id:032x}-{now.span_id:016x}-{now.trace_flags & TraceFlags.SAMPLED:02x}"
        if now.is_valid
        else None
    )


def place_of(traceparent: str | None) -> SpanContext | None:
    """The span that a `traceparent` names; None for none, and for what isn't one."""
    found = _FORM.fullmatch(traceparent or "")
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    place = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags & TraceFlags.SAMPLED))
    return place if place.is_valid else None


@contextmanager
def continued(traceparent: str | None) -> Iterator[None]:
    """Within it, this trace is the current one; what names none changes nothing."""
    if (place := place_of(traceparent)) is None:
        yield
        return
    with _current(place):
        yield


@contextmanager
def in_some_trace() -> Iterator[None]:
    """Within it there is a current trace: the one that there was, else a new one of which nothing is recorded."""
    if trace.get_current_span().get_span_context().is_valid:
        yield
        return
    ids = random.getrandbits(128) or 1, random.getrandbits(64) or 1
    with _current(SpanContext(*ids, is_remote=False, trace_flags=_UNRECORDED)):
        yield


@contextmanager
def _current(place: SpanContext) -> Iterator[None]:
    token = context.attach(trace.set_span_in_context(NonRecordingSpan(place)))
    try:
        yield
    finally:
        context.detach(token)
