"""Why an application can't be registered, corrected, checked or withdrawn."""

from shared.web.refusal import Refused


class ApplicantNotEligible(Refused):
    """The procedure isn't for this kind of applicant."""

    status = 422
    takes = ("kind", "allowed")


class ChannelNotOffered(Refused):
    """The procedure doesn't take applications this way."""

    status = 422
    takes = ("channel", "offered")


class ConsentNeeded(Refused):
    """Without consent to the processing of personal data nothing is taken."""

    status = 422


class FormNotMet(Refused):
    """The project doesn't fit the procedure's form; `places` says where and which rule."""

    status = 422
    takes = ("places",)


class UnknownDocuments(Refused):
    """The procedure knows no such documents."""

    status = 422
    takes = ("codes", "known")


class MissingDocuments(Refused):
    """Documents that the procedure requires aren't in the package."""

    status = 422
    takes = ("codes",)


class DocumentsNotUploaded(Refused):
    """No scan with this digest was uploaded for this applicant."""

    status = 422
    takes = ("codes",)


class PowerOfAttorneyMissing(Refused):
    """A representative acts by a power of attorney, which is a document of the package."""

    status = 422
    takes = ("code",)


class SamePackage(Refused):
    """The same package lies in an application that is still open."""

    takes = ("number",)


class UnknownGround(Refused):
    """The procedure has no such ground of refusal."""

    status = 422
    takes = ("ground", "known")


class NotAnExecutor(Refused):
    """Who is to be named executor doesn't hold that role for this provider."""

    status = 422


class NothingToCorrect(Refused):
    """The registration has no such field."""

    status = 422
    takes = ("field",)


class DocumentsWithoutScan(Refused):
    """Documents came on paper alone, so that nobody could show later what was examined; a scan of each is needed."""

    status = 422
    takes = ("codes",)


class NoCallOpen(Refused):
    """The procedure takes applications during a call only, and none was open at the receipt."""

    status = 422
    takes = ("opens", "closes")


class AskedTooOften(Refused):
    """Corrections may be asked of the applicant so many times only."""

    takes = ("times",)


class NothingAsked(Refused):
    """No request for corrections waits for an answer."""


class AnswerTooLate(Refused):
    """The applicant's term for the corrections is over."""

    takes = ("until",)
