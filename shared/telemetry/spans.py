"""Spans: what was done, for how long, in which trace. Recorded only within `exporting`; else they cost next to nothing.

Attributes are names and ids. Messages of errors never get in: those of databases and parsers quote people's data.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, StatusCode, Tracer

from shared.telemetry.correlation import correlated
from shared.telemetry.service import current_service
from shared.telemetry.tracing import continued, in_some_trace, place_of

Said = Mapping[str, str | int]
"""Attributes of a span."""
Tracers = Callable[[str | None], Tracer]
"""The tracer of a service: each has its own name in what is exported."""
_tracers: Tracers | None = None
_NOTHING = nullcontext()


class Fact(Protocol):
    """What a span says of a fact."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def meta(self) -> str: ...


def record_with(tracers: Tracers | None) -> None:
    """From now on spans are recorded by these; None: no more."""
    global _tracers
    _tracers = tracers


def recording() -> bool:
    """Whether anybody records spans."""
    return _tracers is not None


@contextmanager
def span(name: str, said: Said | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """Within it something is done that belongs to the current trace, or begins a new one."""
    if _tracers is None:
        with in_some_trace():
            yield INVALID_SPAN
        return
    tracer = _tracers(current_service())
    with tracer.start_as_current_span(
        name, kind=kind, attributes=said, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except Exception as error:
            _failed(opened, error)
            raise


def part(name: str, said: Said | None = None) -> AbstractContextManager[object]:
    """A span within another: without a collector there is nothing to do for it."""
    return span(name, said) if _tracers else _NOTHING


@contextmanager
def each(name: str | None, facts: Sequence[Fact], kind: SpanKind = SpanKind.INTERNAL) -> Iterator[None]:
    """Within it something is done with all these facts: a span for each, in the trace that the fact was written in.

    Without a name there is none.
    """
    opened = list(_opened(name, facts, kind)) if _tracers and name else []
    try:
        yield
    except Exception as error:
        for one in opened:
            _failed(one, error)
        raise
    finally:
        for one in opened:
            one.end()


@contextmanager
def taken_up(fact: Fact) -> Iterator[None]:
    """Within it, what is done goes on with what the fact was written for: its correlation and its trace."""
    meta = json.loads(fact.meta)
    said = meta.get("correlation")
    with continued(meta.get("traceparent")):
        if said:
            with correlated(UUID(said)):
                yield
        else:
            yield


def link(facts: Iterable[Fact]) -> None:
    """The current span points at the spans in which these facts were written, where they belong to other traces."""
    now = trace.get_current_span()
    for fact in facts if now.is_recording() else ():
        place = _written(fact)
        if place and place.trace_id != now.get_span_context().trace_id:
            now.add_link(place, {"reglament.fact": str(fact.id), "reglament.type": fact.type})


def _opened(name: str, facts: Sequence[Fact], kind: SpanKind) -> Iterator[Span]:
    assert _tracers
    tracer = _tracers(current_service())
    for fact in facts:
        if place := _written(fact):
            parent = trace.set_span_in_context(trace.NonRecordingSpan(place))
            yield tracer.start_span(f"{name} {fact.type}", parent, kind, said_of(fact))


def said_of(fact: Fact) -> Said:
    """The attributes that name a fact."""
    return {"reglament.fact": str(fact.id), "reglament.stream": fact.stream, "reglament.version": fact.version}


def _written(fact: Fact) -> trace.SpanContext | None:
    return place_of(json.loads(fact.meta).get("traceparent"))


def _failed(opened: Span, error: Exception) -> None:
    opened.set_attribute("error.type", type(error).__qualname__)
    opened.set_status(StatusCode.ERROR)
