"""Why a step can't be done now: the same words in every service."""

from shared.web.refusal import NotFound, Refused


class UnknownApplication(NotFound):
    """There is no application with this id here, or the facts about it are still on their way."""

    wait = 1


class CaseEnded(Refused):
    """The case has ended; nothing more can be done in it."""

    takes = ("outcome", "ended_at")


class AlreadyDone(Refused):
    """The step is complete already."""

    takes = ("step",)


class StepNotOpenYet(Refused):
    """Something must be done before, or facts about it are still on their way."""

    takes = ("step", "awaited", "expected")
    wait = 1


class NotInCustody(Refused):
    """Another service has the case now; it decides."""

    takes = ("custodian",)


class AssignedToAnother(Refused):
    """The head named another executor for this application."""

    status = 403


class NoSuchStep(Refused):
    """The procedure has no step of this kind."""

    takes = ("kind",)


class InTheFuture(Refused):
    """A stated instant is later than now."""

    status = 422
    takes = ("stated", "now")


class BeforeItsGround(Refused):
    """A stated instant lies before what the act rests on, or before its term begins."""

    status = 422
    takes = ("stated", "ground")
