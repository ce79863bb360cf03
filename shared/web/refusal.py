"""How a rule says no: one exception class per reason, free of any web framework so that domain code may raise it."""

import re
from typing import ClassVar


class Refused(Exception):
    """A request that a rule doesn't allow; the base of every reason.

    A subclass says what is wrong by its name (the problem's code is that name in kebab-case), why by its docstring,
    which status answers it by `status`, and which values its text in three languages shows by `takes`. Values never
    hold personal data: they may be logged. `paragraph` names the place in the act that the rule comes from.
    """

    status: ClassVar[int] = 409
    takes: ClassVar[tuple[str, ...]] = ()
    wait: ClassVar[int | None] = None
    """Seconds after which a repetition makes sense, when nothing better is known."""

    def __init__(self, *, paragraph: str | None = None, retry_after: int | None = None, **params: object) -> None:
        if set(params) != set(self.takes):
            raise TypeError(f"{type(self).__name__} takes {sorted(self.takes)}, given {sorted(params)}")
        super().__init__(self.code())
        self.paragraph = paragraph
        self.retry_after = self.wait if retry_after is None else retry_after
        self.params = params

    @classmethod
    def code(cls) -> str:
        """The name in kebab-case: `NotYourProvider` is `not-your-provider`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()


class NotFound(Refused):
    """There is nothing under this address, or nothing that the caller may know of."""

    status = 404


class Forbidden(Refused):
    """The caller is known but may not do this; the base of the reasons why."""

    status = 403


class Unauthenticated(Refused):
    """The request doesn't say who makes it."""

    status = 401


class Stale(Refused):
    """The caller decided on a version (If-Match) that is no longer the current one."""

    status = 412
    takes = ("current",)


class BadVersion(Refused):
    """If-Match is no version of ours: one quoted whole number, as ETag gave it."""

    status = 400


class KeyNeeded(Refused):
    """A command came without a usable Idempotency-Key, so a repetition couldn't be told from a second command."""

    status = 400


class KeyReused(Refused):
    """The Idempotency-Key was used before with another body."""

    status = 422


class NotOpenYet(Refused):
    """The step isn't open here yet because facts are still on their way; `awaited` names them."""

    status = 409
    takes = ("awaited",)
    wait = 1


class TooLarge(Refused):
    """The body is larger than this address takes; `megabytes` is the limit."""

    status = 413
    takes = ("megabytes",)


class InvalidInput(Refused):
    """Fields of the request are missing or wrong; the problem lists each of them."""

    status = 422


class Malformed(Refused):
    """The body can't be read at all as what its Content-Type says."""

    status = 400


class BadCursor(Refused):
    """The cursor of a page isn't one that this address gave."""

    status = 400


class UnknownRoute(Refused):
    """No resource has this address."""

    status = 404


class MethodNotAllowed(Refused):
    """The resource is there but doesn't take this method."""

    status = 405


class TooManyRequests(Refused):
    """The caller has to slow down."""

    status = 429
    wait = 10


class Overloaded(Refused):
    """More is asked at once than the system bears; nothing was begun for this request."""

    status = 503
    wait = 1


class InternalError(Refused):
    """Our fault: something unforeseen, found in the log by its correlation id."""

    status = 500
    takes = ("correlation",)


class Unavailable(Refused):
    """The store doesn't answer; whether the command was carried out is unknown until it is repeated with its key."""

    status = 503
    wait = 2
