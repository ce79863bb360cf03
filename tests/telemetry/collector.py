"""A collector for tests: takes OTLP over HTTP and keeps the spans as they came."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it was sent, in hex; `text`: all of it, to be searched."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    text: str


@dataclass
class Collected:
    url: str
    spans: list[Seen] = field(default_factory=list)

    def of(self, trace: str) -> list[Seen]:
        return [s for s in self.spans if s.trace == trace]


@contextmanager
def collecting() -> Iterator[Collected]:
    """Within it a collector listens at `url`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collected.spans += _read(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collected = Collected(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield collected
        server.shutdown()
        thread.join()


def _read(request: ExportTraceServiceRequest) -> Iterator[Seen]:
    for process in request.resource_spans:
        said = {a.key: a.value.string_value for a in process.resource.attributes}
        for scope in process.scope_spans:
            for span in scope.spans:
                text = json.dumps(MessageToDict(span), ensure_ascii=False) + json.dumps(said, ensure_ascii=False)
                links = tuple(link.trace_id.hex() for link in span.links)
                ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                yield Seen(said["service.name"], span.name, *ids, links, text)
