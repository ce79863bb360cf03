"""One id for all that a request or a fact sets off, so that log lines and facts can be brought together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

_correlation: ContextVar[UUID | None] = ContextVar("correlation", default=None)


def current_correlation() -> UUID | None:
    """The id of what is being done now, if it has one."""
    return _correlation.get()


@contextmanager
def correlated(correlation: UUID) -> Iterator[UUID]:
    """Within it, `correlation` is the current id."""
    token = _correlation.set(correlation)
    try:
        yield correlation
    finally:
        _correlation.reset(token)


def correlation_of(header: str | None) -> UUID:
    """The id that a caller stated, when it is a UUID (anything else might carry personal data), else a new one."""
    try:
        return UUID(header or "")
    except ValueError:
        return uuid4()
