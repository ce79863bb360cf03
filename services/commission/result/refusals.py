"""Why the papers of a result can't be prepared, signed, registered or read."""

from shared.web.refusal import NotFound, Refused


class NoResultYet(NotFound):
    """The papers of this application's result haven't been prepared, or aren't issued to its applicant yet."""


class PapersChanged(Refused):
    """The digests signed aren't those of the papers as they stand."""

    takes = ("expected",)
