"""What a check finds wrong."""

from typing import NamedTuple


class Difference(NamedTuple):
    """`check`: stream, effect, view, or copy. `subject`: the stream, fact or case; `what` is wrong with it."""

    check: str
    subject: str
    what: str
