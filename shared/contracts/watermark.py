"""How far a service's facts have been sent: no fact itself, but absence can be judged no further than that."""

from shared.contracts.common import Contract, Instant
from shared.contracts.topics import SERVICES, topics_read_by


class Watermark(Contract):
    """Every second, on a topic of the service's own: all its public facts recorded until then have been sent."""

    until: Instant


def watermark_topic(service: str) -> str:
    return f"watermark.{service}"


WATERMARKS = {watermark_topic(service): service for service in SERVICES}
"""Their topics, and whose they are."""


def watermarks_read_by(service: str) -> dict[str, str]:
    """Those of every source that this service reads."""
    sources = {topic.owner for topic in topics_read_by(service)}
    return {name: owner for name, owner in WATERMARKS.items() if owner in sources}
