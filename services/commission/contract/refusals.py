"""Why a contract can't be signed, declined or closed."""

from shared.web.refusal import Forbidden, Refused


class NotParty(Forbidden):
    """The procedure doesn't make this a party of the contract."""

    takes = ("parties",)


class SignsForAnother(Forbidden):
    """Nobody signs for another party: the role isn't this party's, or the person signs for another one already."""

    takes = ("party",)


class NotOnPaper(Refused):
    """A scan of a signature is recorded only for an applicant who filed on paper."""


class ContractTextChanged(Refused):
    """The digest signed isn't that of the contract."""

    takes = ("expected",)


class ContractInForce(Refused):
    """Every party has signed; the contract can't be declined or closed any more."""


class ContractOver(Refused):
    """The contract was declined by the applicant or closed by the head."""


class TermNotOver(Refused):
    """The head closes the case only when the term for signing has ended without all signatures."""

    takes = ("due",)
