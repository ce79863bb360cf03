"""The thread that sends spans to an OpenTelemetry collector (OTLP over HTTP).

Not the SDK's own processor: it starts a thread in every child of the process before the child runs, and a child with
two threads can't enter a user namespace, as our PostgreSQL does where it is started by root.
"""

import logging
import os
import platform
import threading
from collections import deque

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import Tracer

from shared.telemetry.log import log

EVERY, PATIENCE = 1.0, 2.0
"""Seconds between two sendings; that one may take, and that stopping waits for the last."""
KEPT, AT_ONCE = 8192, 512


class Sender(SpanProcessor):
    """Keeps the newest spans that have ended until they are sent; those that couldn't be sent are gone."""

    def __init__(self, address: str) -> None:
        logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)  # it tells of every single try
        self._exporter = OTLPSpanExporter(address, timeout=PATIENCE)
        self._kept = deque[ReadableSpan](maxlen=KEPT)
        self._sending, self._stopped, self._reached = threading.Lock(), threading.Event(), True
        self._thread = threading.Thread(target=self._send_now_and_then, name="spans", daemon=True)
        self._thread.start()

    def tracer(self, service: str | None) -> Tracer:
        """That of one service of this process."""
        name = f"reglament-{service}" if service else "reglament"
        said = {"service.name": name, "service.instance.id": f"{platform.node()}:{os.getpid()}"}
        provider = TracerProvider(resource=Resource.create(said), shutdown_on_exit=False)
        provider.add_span_processor(self)
        return provider.get_tracer("reglament")

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            self._kept.append(span)

    def force_flush(self, timeout_millis: int = 0) -> bool:  # noqa: ARG002 - the SDK's signature
        """Send what is kept, until a sending fails; whether all was sent."""
        with self._sending:
            reached = True
            while reached and self._kept:
                batch = [self._kept.popleft() for _ in range(min(AT_ONCE, len(self._kept)))]
                reached = self._exporter.export(batch) is SpanExportResult.SUCCESS
            if reached != self._reached:
                log("collector-reached" if reached else "collector-away", level=logging.WARNING)
            self._reached = reached
        return reached

    def shutdown(self) -> None:
        self._stopped.set()
        self._thread.join(2 * PATIENCE)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def _send_now_and_then(self) -> None:
        while not self._stopped.wait(EVERY):
            self.force_flush()
        self.force_flush()
