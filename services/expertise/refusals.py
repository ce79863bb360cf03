"""Why something can't be done in an expertise."""

from shared.web.refusal import Forbidden, NotFound, Refused


class NotUnderExpertise(NotFound):
    """The application isn't with the institute, or its materials are still on their way."""

    wait = 1


class LeadNotAmongThem(Refused):
    """Who leads the expertise is one of its experts."""

    status = 422


class NoSuchExpert(NotFound):
    """Somebody named has no account here, or their person was erased."""


class PartyToTheCase(Refused):
    """The applicant, or who acts for them, doesn't examine the own application."""

    status = 422


class DecidesTheCase(Refused):
    """Members of the body that will decide on the application don't examine it."""

    status = 422
    takes = ("experts",)


class ExpertsNamedAlready(Refused):
    """The experts are named; one in another's place is a replacement."""


class ExpertsNotNamed(Refused):
    """The institute's head hasn't named the experts yet."""


class NotItsExpert(Forbidden):
    """This person isn't one of the experts of this application, or isn't any more."""


class NotItsLead(Forbidden):
    """The conclusion is filed and corrected by the expert who leads."""


class InConflict(Refused):
    """This expert declared a conflict of interest and examines nothing here."""

    status = 403


class ConflictsOpen(Refused):
    """Somebody declared a conflict of interest and hasn't been replaced."""

    takes = ("experts",)


class WouldReplaceThemselves(Refused):
    """The new expert takes part already, or declared a conflict of interest before."""

    status = 422


class OpinionsMissing(Refused):
    """Experts that were named haven't given their opinion."""

    takes = ("experts",)


class PointsNotInScale(Refused):
    """Every criterion of the procedure is rated, within its scale, and no other."""

    status = 422
    takes = ("expected",)


class ConclusionFiled(Refused):
    """The conclusion is filed and stands; what is wrong in it is corrected by a later version with a reason."""

    takes = ("digest",)


class NothingFiled(Refused):
    """There is no conclusion yet that could be corrected."""
