"""Which service is at work: in one process there may be several, so it goes with the task and not with the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_service: ContextVar[str | None] = ContextVar("service", default=None)


def current_service() -> str | None:
    """The service for which something is being done now; None outside any."""
    return _service.get()


@contextmanager
def serving(service: str | None) -> Iterator[None]:
    """Within it, `service` is the one at work."""
    token = _service.set(service)
    try:
        yield
    finally:
        _service.reset(token)
