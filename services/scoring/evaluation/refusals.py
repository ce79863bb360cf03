"""Why something can't be done in an evaluation."""

from shared.web.refusal import NotFound, Refused


class NoEditionThen(Refused):
    """No evaluation at hand was in force at the end of this period."""

    status = 422
    takes = ("period",)


class PeriodNotOver(Refused):
    """A period is evaluated once its last day has passed."""

    status = 422
    takes = ("period",)


class UnknownPart(Refused):
    """The sheet has no such part."""

    status = 422
    takes = ("parts",)


class ReportingClosed(Refused):
    """The evaluation takes no facts at this stage."""

    takes = ("stage",)


class StillOpen(Refused):
    """Facts are still being reported; figures come after the closing."""


class OtherImportUnderWay(Refused):
    """A file is being imported and hasn't been taken whole."""

    takes = ("file",)


class FactsMissing(Refused):
    """Rows can't be scored: facts are missing or contradict each other. Nothing is scored as none or as the most in silence."""

    takes = ("rows", "facts")


class NotComputed(Refused):
    """There are no figures yet."""


class NotSent(Refused):
    """The body hasn't been sent its sheet."""


class SentAlready(Refused):
    """The body has its sheet; other figures come by taking the evaluation up again, with a reason."""


class ObjectionsOver(Refused):
    """The term for objections has ended, or the body has agreed."""

    takes = ("due",)


class GroundNotListed(Refused):
    """An objection has one of the grounds of the data."""

    status = 422
    takes = ("grounds",)


class NoSuchObjection(NotFound):
    """The body made no objection of this number."""


class AnsweredAlready(Refused):
    """The objection was answered otherwise before."""


class ObjectionsUnanswered(Refused):
    """Objections have to be answered first."""

    takes = ("numbers",)


class ObjectionUpheld(Refused):
    """An objection was upheld, and the figures that it was made against stand unchanged."""

    takes = ("numbers",)


class ObjectionsMayCome(Refused):
    """The body may still object, and hasn't agreed."""

    takes = ("due",)


class FiguresChanged(Refused):
    """What was signed isn't the present figures of this evaluation."""

    takes = ("expected",)


class EvaluationIsApproved(Refused):
    """An approved evaluation stands; a correction is a new version with its reason."""


class NoSuchVersion(NotFound):
    """No version of this number was approved."""
