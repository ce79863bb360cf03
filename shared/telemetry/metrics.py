"""What Prometheus may read of a process at /metrics. Labels are names of our own (services, routes, codes), never ids.

Seconds and counts. Those that the database has to be asked for are read every few seconds in the background.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from shared.telemetry.service import current_service
from shared.web.refusal import Refused

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
PATIENT = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
ON_THE_WAY = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300, 3600)

REQUESTS = Histogram(
    "reglament_request_seconds",
    "HTTP requests by route template and class of status",
    ["service", "method", "route", "status"],
    buckets=PATIENT,
    registry=REGISTRY,
)
REQUESTS_WAITING = Gauge(
    "reglament_waiting_requests", "HTTP requests that wait until fewer are worked on", registry=REGISTRY
)
TURNED_AWAY = Counter("reglament_turned_away_requests", "HTTP requests that found no place in time", registry=REGISTRY)
COMMANDS = Counter(
    "reglament_commands",
    "Commands by what came of them: accepted, refused (with the reason's code), unavailable, failed",
    ["service", "outcome", "code"],
    registry=REGISTRY,
)
RETRIES = Counter(
    "reglament_command_retries",
    "Commands decided again, because somebody was faster (Conflict) or the store was in trouble",
    ["service", "reason"],
    registry=REGISTRY,
)
APPENDS = Histogram(
    "reglament_append_seconds",
    "From handing a command's facts over until they are durable",
    ["service"],
    buckets=QUICK,
    registry=REGISTRY,
)
DELIVERIES = Histogram(
    "reglament_delivery_seconds",
    "From recording a fact until it is in another service's log, of each batch its oldest",
    ["service", "source"],
    buckets=ON_THE_WAY,
    registry=REGISTRY,
)
BEHIND = Gauge(
    "reglament_follower_behind_facts",
    "Facts of the source that a follower (view, reactions, copy, kafka) has yet to take; counted up to 10,000",
    ["service", "source", "follower"],
    registry=REGISTRY,
)
BEHIND_SECONDS = Gauge(
    "reglament_follower_behind_seconds",
    "Age of the oldest of these facts; 0 when there is none",
    ["service", "source", "follower"],
    registry=REGISTRY,
)
SOURCE_BEHIND_SECONDS = Gauge(
    "reglament_source_behind_seconds",
    "How long ago it was last known that everything of a source had come",
    ["service", "source"],
    registry=REGISTRY,
)
PARKED = Gauge("reglament_parked_facts", "Facts that a reader failed on", ["service"], registry=REGISTRY)
WAITING = Gauge("reglament_waiting_facts", "Facts that wait for others to come", ["service"], registry=REGISTRY)
PARKED_RECORDS = Gauge(
    "reglament_parked_records", "Records that couldn't enter the log", ["service"], registry=REGISTRY
)
MISSING = Gauge(
    "reglament_missing_facts",
    "Own facts that neighbours have and this log lacks since it was restored",
    ["service"],
    registry=REGISTRY,
)
OLDEST_TRANSACTION = Gauge(
    "reglament_oldest_transaction_seconds",
    "For how long an open writing transaction has hidden from all readers what was committed after it began",
    ["service"],
    registry=REGISTRY,
)
OVERDUE = Gauge("reglament_overdue_steps", "Open steps whose term is over", ["service", "escalated"], registry=REGISTRY)
SOCKETS = Gauge("reglament_sockets", "Open live cabinets", ["service"], registry=REGISTRY)
FRAMES = Counter("reglament_frames", "States sent to live cabinets", ["service"], registry=REGISTRY)
MAILS = Counter("reglament_mails", "E-mails attempted, by what came of it", ["service", "outcome"], registry=REGISTRY)
LOOP_FAILURES = Counter(
    "reglament_loop_failures",
    "Loops, and within them relay and receiver, that ended by an error and were begun again",
    ["service", "loop"],
    registry=REGISTRY,
)
MEASURED = Gauge(
    "reglament_measured_timestamp_seconds",
    "When the database was last asked for the gauges, as Unix time",
    ["service"],
    registry=REGISTRY,
)
LATEST = datetime.max.replace(tzinfo=UTC)
OUTCOMES = ("accepted", "refused", "unavailable", "failed")


def expected_of(service: str) -> None:
    """Show from the start, at 0, what is counted of a service: a series that begins with its first event hides it."""
    for outcome in OUTCOMES:
        COMMANDS.labels(service, outcome, "")
    RETRIES.labels(service, "Conflict")
    APPENDS.labels(service)


@contextmanager
def counted(service: str) -> Iterator[None]:
    """Within it a command is performed: counts what comes of it."""
    outcome, code = "accepted", ""
    try:
        yield
    except Refused as refused:
        outcome, code = "unavailable" if refused.status >= 500 else "refused", refused.code()
        raise
    except BaseException:
        outcome = "failed"
        raise
    finally:
        COMMANDS.labels(service, outcome, code).inc()


def delivered(facts: Iterable[tuple[str, datetime]]) -> None:
    """These facts of others, by source and recorded instant, have just come into the log of the service at work."""
    oldest: dict[str, datetime] = {}
    for source, recorded_at in facts:
        if recorded_at < oldest.get(source, LATEST):
            oldest[source] = recorded_at
    now, service = datetime.now(UTC), current_service() or ""
    for source, recorded_at in oldest.items():
        DELIVERIES.labels(service, source).observe(max(0.0, (now - recorded_at).total_seconds()))


def measured(service: str) -> None:
    """The gauges of this service have just been read."""
    MEASURED.labels(service).set(time())
