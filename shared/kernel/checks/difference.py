"""What a check finds wrong."""

from typing import NamedTuple

LONGEST = 600.0
"""Seconds that a check may take for an answer: some look through a whole log."""


class Difference(NamedTuple):
    """`check`: stream, effect, view, or copy. `subject`: the stream, fact or case; `what` is wrong with it."""

    check: str
    subject: str
    what: str
