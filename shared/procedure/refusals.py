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


class NotProvidedFor(Refused):
    """The procedure's data don't allow this."""

    takes = ("what",)


class CorrectionsAwaited(Refused):
    """The applicant was asked to correct the package and hasn't answered; the clock stands until then."""

    takes = ("until",)


class StandsAlready(Refused):
    """The case is suspended."""

    takes = ("until",)


class NotSuspended(Refused):
    """The case isn't suspended, so it can't be let go on."""


class EndsBeforeItBegins(Refused):
    """A suspension ends after it begins."""

    status = 422
    takes = ("begins", "until")


class NotLonger(Refused):
    """More time is longer than the term that there is, and no longer than the procedure allows; `most` says how long."""

    status = 422
    takes = ("most",)


class TermOver(Refused):
    """The term is over; it can't be given more time any more."""

    takes = ("due",)
