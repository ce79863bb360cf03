"""Why something can't be done in a sitting, or with its protocol."""

from shared.web.refusal import Forbidden, Refused


class SittingNotAhead(Refused):
    """A sitting is convened for an instant after the convocation."""

    status = 422
    takes = ("starts_at",)


class BodyWithoutChair(Refused):
    """On that day nobody chairs the body: there would be no one to preside and to approve."""


class RulesDiffer(Refused):
    """The applications' procedures make the body decide by different rules; they need sittings of their own."""


class NotOnAgenda(Refused):
    """The application isn't on the agenda of this sitting (any more)."""


class SameSitting(Refused):
    """An application is moved to another sitting, not to the one where it is."""

    status = 422


class SittingOver(Refused):
    """The sitting was cancelled, postponed without a date or had no quorum."""


class RollCallHeld(Refused):
    """The sitting has begun: its agenda, date and roll call stand; what is wrong is corrected."""


class ItemDecided(Refused):
    """The vote on this item is closed."""


class SittingNotBegun(Refused):
    """The roll is called when the sitting begins, at the instant that the members were told."""

    takes = ("starts_at",)


class BeforeRollCall(Refused):
    """The stated instant lies before the roll call."""

    status = 422
    takes = ("at",)


class NotMember(Refused):
    """Somebody named isn't a member of the body on the day of the sitting."""


class NoRollCall(Refused):
    """The roll hasn't been called yet."""


class NoQuorum(Refused):
    """Too few of the members are there for this item; without a quorum there is no decision."""

    takes = ("members", "present")


class NotDiscussed(Refused):
    """The item is voted on after its discussion."""


class NotPresent(Refused):
    """Who was absent at the roll call doesn't vote."""


class RecusedFromItem(Refused):
    """Who is recused from an item doesn't vote on it."""


class VotedAlready(Refused):
    """A member votes once; a slip is corrected by the secretary, visibly."""

    takes = ("choice",)


class AbstentionNotAllowed(Refused):
    """This body's rules know only votes for and against."""


class ConclusionChanged(Refused):
    """The expertise corrected its conclusion after the item had been discussed: the vote was cast on the version before."""

    takes = ("expected", "newest")


class VotesMissing(Refused):
    """Members that are present haven't voted; the secretary names who stays silent."""

    takes = ("members",)


class NobodyMayVote(Refused):
    """Everybody present is recused from this item: it goes to another sitting."""


class ReasonsNeeded(Refused):
    """The correction turns the outcome round, so the decision needs new reasons."""

    status = 422
    takes = ("applications",)


class ItemsUndecided(Refused):
    """A protocol is drawn when every item on the agenda is decided or taken off it."""

    takes = ("applications",)


class NothingDecided(Refused):
    """No item was decided: there is nothing to record."""


class NoProtocol(Refused):
    """The protocol hasn't been drawn, or a correction has opened it again."""


class ProtocolTextChanged(Refused):
    """The digest signed isn't that of the protocol as it stands."""

    takes = ("expected",)


class NotSigner(Forbidden):
    """This person doesn't sign this protocol; whoever presides approves it last."""


class SignedAlready(Refused):
    """The member has signed, so there is no refusal to record."""


class SignaturesMissing(Refused):
    """The chair approves last: somebody hasn't signed yet, nor been recorded as not signing."""

    takes = ("members",)


class NotPresiding(Forbidden):
    """The protocol is approved by whoever presided at the sitting."""


class ProtocolFinal(Refused):
    """The protocol is approved; only a new protocol can change what it says."""
