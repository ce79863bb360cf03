"""Why an account can't be opened, used or erased."""

from shared.web.refusal import NotFound, Refused, Unauthenticated


class LoginFailed(Unauthenticated):
    """Number and password don't belong together; which of them is wrong isn't told."""


class CodeNotAccepted(Refused):
    """Application, IIN or BIN, and one-time code don't belong together; which of them is wrong isn't told."""

    status = 422


class UnknownAccount(NotFound):
    """There is no account with this id."""


class AccountErased(Refused):
    """The person was erased; nothing can be done with the account any more."""


class AlreadyClaimed(Refused):
    """The cabinet account is open already; a forgotten password is mended by the operator."""


class CasesOpen(Refused):
    """The person has applications that haven't ended."""

    takes = ("numbers",)


class RetentionRuns(Refused):
    """The person's cases have to be kept for some time after the last one ended."""

    takes = ("until",)


class StillInOffice(Refused):
    """The person holds a role other than that of an applicant, and goes on acting under this account."""

    takes = ("roles",)
