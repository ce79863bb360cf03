"""Why an absence can't be recorded so."""

from shared.web.refusal import Refused


class ActsForThemselves(Refused):
    """Nobody is their own deputy."""

    status = 422


class BackBeforeAway(Refused):
    """The absence would end before it began."""

    status = 422
    takes = ("since",)


class AwayAlready(Refused):
    """Another absence of the same person covers some of these days."""

    takes = ("since", "until")


class NotAway(Refused):
    """No absence of this person covers that day."""

    takes = ("day",)
