"""Why the membership of a body can't be changed so."""

from shared.web.refusal import NotFound, Refused


class SeatTaken(Refused):
    """Somebody else holds this seat on that day or after it; relieve them first."""

    takes = ("seat",)


class AppointedAlready(Refused):
    """The person holds this seat from another day on; nothing is appointed twice."""

    takes = ("since",)


class NotSeated(Refused):
    """The account doesn't hold this seat."""

    takes = ("seat",)


class RelievedBeforeAppointed(Refused):
    """The seat would end before it began."""

    status = 422
    takes = ("since",)


class OtherBody(Refused):
    """The procedure gives this application to a body of another kind or provider."""

    takes = ("kind", "provider")


class UnknownPerson(NotFound):
    """No account has this id, or its person was erased."""
