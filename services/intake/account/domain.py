"""An account: one for each IIN or BIN, opened by the first filing or by the operator.

Its stream is named by the keyed digest of the number, so the number itself is only ever written sealed. Its id is the
id of the person, under whose key everything about them is sealed. Who files again after an erasure is a new person.
"""

from uuid import UUID

from eventsourcing.domain import event

from services.intake.account.refusals import AccountErased, AlreadyClaimed, StillInOffice
from shared.contracts.personal import Personal
from shared.identity.roles import Grant, Role
from shared.kernel.events import Aggregate, DomainEvent
from shared.texts.languages import Language

OF_THE_APPLICANT = Grant(role=Role.APPLICANT)


class Account(Aggregate):
    """Who somebody is here, what they may do, and what they have filed."""

    class Opened(Aggregate.Created):
        holder: str
        account: UUID
        number: Personal

    class OpenedAnew(Aggregate.Event):
        account: UUID
        number: Personal

    class Named(Aggregate.Event):
        name: Personal
        language: Language

    class ContactGiven(Aggregate.Event):
        email: Personal
        language: Language

    class PasswordSet(Aggregate.Event):
        credential: UUID

    class Granted(Aggregate.Event):
        grant: Grant

    class Revoked(Aggregate.Event):
        grant: Grant

    class Applied(Aggregate.Event):
        application: UUID

    class Claimed(Aggregate.Event):
        application: UUID

    class Erased(Aggregate.Event):
        pass

    @staticmethod
    def create_id(holder: str) -> str:
        """`holder`: the keyed digest of the IIN or BIN."""
        return f"account:{holder}"

    @event(Opened)
    def __init__(self, holder: str, account: UUID, number: Personal) -> None:
        self.holder = holder
        self._begin(account, number)

    def _begin(self, account: UUID, number: Personal) -> None:
        self.account, self.number = account, number
        self.name: Personal | None = None
        self.language: Language = "kk"
        self.email: Personal | None = None
        self.written_in: Language | None = None
        self.grants: tuple[Grant, ...] = ()
        self.applications: tuple[UUID, ...] = ()
        self.credential: UUID | None = None
        self.claimed = self.erased = False

    @property
    def token_grants(self) -> tuple[Grant, ...]:
        """What a token of this account says: the roles granted, and the cabinet once it was opened."""
        return (*self.grants, OF_THE_APPLICANT) if self.claimed else self.grants

    # -- rules

    def open_anew(self, account: UUID, number: Personal) -> None:
        """After an erasure the holder of the number is a new person."""
        if self.erased:
            self._opened_anew(account, number)

    def call(self, name: Personal, language: Language) -> None:
        self._must_be_there()
        if self.name is None or (self.name.text, self.language) != (name.text, language):
            self._named(name, language)

    def give_contact(self, email: Personal, language: Language) -> None:
        """Where the holder is written to, and in which language, which is theirs from then on. Raises AccountErased."""
        self._must_be_there()
        if self.email is None or (self.email.text, self.written_in) != (email.text, language):
            self._contact_given(email, language)

    def set_password(self, credential: UUID) -> None:
        """The hash itself is kept apart, under this id. Raises AccountErased."""
        self._must_be_there()
        self._password_set(credential)

    def grant(self, grant: Grant) -> None:
        self._must_be_there()
        if grant not in self.grants:
            self._granted(grant)

    def revoke(self, grant: Grant) -> None:
        if grant in self.grants:
            self._revoked(grant)

    def apply(self, application: UUID) -> None:
        """Remember what was filed, so that an erasure and a registration at once can't both happen."""
        self._must_be_there()
        self._applied(application)

    def claim(self, application: UUID) -> None:
        """The applicant opened the cabinet with the code on a receipt. Raises AlreadyClaimed."""
        self._must_be_there()
        if self.claimed:
            raise AlreadyClaimed
        self._claimed(application)

    def erase(self) -> None:
        """Raises StillInOffice: decisions name the official who took them."""
        if in_office := [g.role for g in self.grants if g.role != Role.APPLICANT]:
            raise StillInOffice(roles=in_office)
        if not self.erased:
            self._erased()

    def _must_be_there(self) -> None:
        if self.erased:
            raise AccountErased

    # -- facts

    @event(OpenedAnew)
    def _opened_anew(self, account: UUID, number: Personal) -> None:
        self._begin(account, number)

    @event(Named)
    def _named(self, name: Personal, language: Language) -> None:
        self.name, self.language = name, language

    @event(ContactGiven)
    def _contact_given(self, email: Personal, language: Language) -> None:
        self.email, self.written_in, self.language = email, language, language

    @event(PasswordSet)
    def _password_set(self, credential: UUID) -> None:
        self.credential = credential

    @event(Granted)
    def _granted(self, grant: Grant) -> None:
        self.grants = (*self.grants, grant)

    @event(Revoked)
    def _revoked(self, grant: Grant) -> None:
        self.grants = tuple(g for g in self.grants if g != grant)

    @event(Applied)
    def _applied(self, application: UUID) -> None:
        self.applications = (*self.applications, application)

    @event(Claimed)
    def _claimed(self, application: UUID) -> None:  # noqa: ARG002 - remembered by the fact alone
        self.claimed = True

    @event(Erased)
    def _erased(self) -> None:
        self.erased, self.claimed, self.grants = True, False, ()


STORED: dict[str, type[DomainEvent]] = {
    "account.opened": Account.Opened,
    "account.opened-anew": Account.OpenedAnew,
    "account.named": Account.Named,
    "account.contact-given": Account.ContactGiven,
    "account.password-set": Account.PasswordSet,
    "account.granted": Account.Granted,
    "account.revoked": Account.Revoked,
    "account.applied": Account.Applied,
    "account.claimed": Account.Claimed,
    "account.erased": Account.Erased,
}
