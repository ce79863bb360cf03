"""Why notification says no, beyond what every service says."""

from shared.web.refusal import Refused


class BadAfter(Refused):
    """`after` is no token that a command answered with."""

    status = 400
