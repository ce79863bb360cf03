"""Why something can't be done in any part of scoring."""

from shared.web.refusal import Forbidden, NotFound, Refused


class NotYourOrganisation(Forbidden):
    """A reporter sees and reports the organisations that the grant names."""

    takes = ("organisation",)


class CantBePrinted(Refused, ValueError):
    """A text has characters that the papers can't show; a ValueError too, so that a field of it tells its place."""

    status = 422


class UnknownBody(NotFound):
    """No state body with this id is registered."""


class UnknownEvaluation(NotFound):
    """There is no evaluation with this id."""


class UnknownRow(Refused):
    """The part of the sheet has no such scored row."""

    status = 422
    takes = ("rows",)


class UnknownOrganisation(NotFound):
    """Nothing was reported of this organisation in this evaluation."""

    takes = ("organisation",)


class CantBeCounted(Refused):
    """What was reported of these organisations can't be counted, and never will by itself."""

    takes = ("organisations",)


class ViewBehind(Refused):
    """Facts were reported that the count doesn't have yet; it catches up by itself."""

    takes = ("organisations",)
    wait = 1
