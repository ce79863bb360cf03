"""Public facts of intake: registration, check, hand-over, withdrawal at the counter, editions and erasure."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import (
    Because,
    CaseFact,
    Contract,
    Digest,
    Instant,
    PublicFact,
    StartsClock,
    StopsClock,
)
from shared.contracts.personal import Personal

Language = Literal["kk", "ru", "en"]


class Applicant(Contract):
    """Who applies. `account` opens the cabinet; `person` names the key of the personal fields."""

    kind: Literal["entrepreneur", "legal-entity"]
    account: UUID
    person: UUID
    number: Personal
    name: Personal
    phone: Personal
    email: Personal
    language: Language


class Representative(Contract):
    """Who acts for the applicant, by which power of attorney (its document's code in the package). `account`: theirs, if they
    had one here at the registration."""

    name: Personal
    number: Personal
    power_of_attorney: str
    account: UUID | None = None


class Project(Contract):
    """What the application is about; `amount` in tenge, two decimals. `other`: what else the procedure's form asks."""

    title: str
    kind_of_activity: str | None = None
    amount: str
    other: dict[str, str] = Field(default_factory=dict)


class Document(Contract):
    """A document of the package: a scan by its digest, or a count of paper sheets."""

    code: str
    digest: Digest | None = None
    media_type: str | None = None
    size: int | None = None
    sheets: int | None = None


class EditionPublished(PublicFact):
    """A procedure as it will be run; the subject is the digest of `edition`, its canonical JSON."""

    procedure: str
    edition: str


class CalendarPublished(PublicFact):
    """The calendar data by which due instants are worked out from now on; the subject is the calendar's name.

    `release` names data and library, `replaces` what was used before: what is open is worked out anew. Why: `confirmed`
    since, by year, and `corrected` since, by day, each with what says so. `rules`: the whole data as JSON.
    """

    release: str
    replaces: str | None = None
    confirmed: dict[str, str]
    corrected: dict[str, str]
    rules: str


class ApplicationRegistered(CaseFact):
    """The package was received and registered; states the moment of receipt and the total due instant."""

    number: str
    edition: Digest
    procedure: str
    provider: str
    channel: Literal["paper", "portal"]
    applicant: Applicant
    representative: Representative | None = None
    project: Project
    documents: tuple[Document, ...]
    total_due: Instant | None = None
    total_because: tuple[Because, ...] = ()


class RegistrationCorrected(CaseFact):
    """A clerk's slip put right; the old value stays in the facts. Personal fields are sealed in `was` and `now`."""

    field: str
    was: Personal
    now: Personal
    reason: str


class CorrectionsAsked(StopsClock):
    """The applicant is asked to put documents of the package right, with the reasons; `until`: the applicant's own term."""

    documents: tuple[str, ...]
    reasons: Personal


class PackageCorrected(StartsClock):
    """The applicant's answer: documents that stand in the place of those of the same code."""

    documents: tuple[Document, ...]
    handed_in_through: Literal["cabinet", "chancellery"]


class ExecutorAssigned(CaseFact):
    """The head named the executor."""

    executor: UUID


class Absence(Contract):
    """From the first day away until the first day back, days of the provider; the deputy acts meanwhile."""

    deputy: UUID
    since: date
    until: date


class AbsencesRecorded(PublicFact):
    """When an executor of this provider is away and who acts for them, all of it as it is now; the subject is the
    executor."""

    provider: str
    absences: tuple[Absence, ...]


class ApplicationAdmitted(CaseFact):
    """The check ended well: the case goes on to its next custodian."""


class ApplicationRefused(CaseFact):
    """The executor refused on a ground of the procedure's data."""

    ground: str
    reasons: Personal


class MaterialsSent(CaseFact):
    """The materials went to the national institute; `digests` say which."""

    digests: tuple[Digest, ...]


class WithdrawalRequested(CaseFact):
    """The applicant asked to withdraw, at the counter or in the cabinet; the custodian answers."""

    asked_through: Literal["cabinet", "chancellery"]


class ContactGiven(PublicFact):
    """Where and in which language an account's holder is written to, in place of what was given before; the subject is
    the account."""

    email: Personal
    language: Language


class ApplicantErased(PublicFact):
    """A person's key was deleted; the subject is the person. Views delete that person's rows."""
