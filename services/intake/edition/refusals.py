"""Why a procedure can't be used."""

from shared.web.refusal import Refused


class UnknownProcedure(Refused):
    """No procedure with this code was ever published here."""

    status = 422
    takes = ("procedure",)


class NotInForce(Refused):
    """The act isn't in force on that day; `since` and `until` say when some edition of it was."""

    status = 422
    takes = ("procedure", "day", "in_force")
