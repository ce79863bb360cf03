"""Whether what was handed in fits the procedure, before anything is written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.intake.application.commands import (
    ApplicantGiven,
    DocumentGiven,
    RegisterApplication,
    RepresentativeGiven,
)
from services.intake.application.project import project_of
from services.intake.application.refusals import (
    ApplicantNotEligible,
    ChannelNotOffered,
    ConsentNeeded,
    DocumentsNotUploaded,
    DocumentsWithoutScan,
    MissingDocuments,
    NoCallOpen,
    PowerOfAttorneyMissing,
    UnknownDocuments,
)
from shared.contracts.intake import Applicant, ApplicationRegistered, Document, Representative
from shared.contracts.personal import Personal
from shared.kernel.documents import Kept
from shared.procedure.calls import Call, instant
from shared.procedure.editions import Published
from shared.procedure.format import Procedure

CHANNEL: Literal["paper"] = "paper"


def check(command: RegisterApplication, procedure: Procedure) -> None:
    """Refuses what the procedure's data don't allow."""
    if not command.consent:
        raise ConsentNeeded
    if CHANNEL not in procedure.channels:
        raise ChannelNotOffered(channel=CHANNEL, offered=procedure.channels)
    if command.applicant.kind not in procedure.applicants:
        raise ApplicantNotEligible(kind=command.applicant.kind, allowed=procedure.applicants)
    given = {d.code for d in command.documents}
    must_be_known(given, procedure)
    if missing := [d.code for d in procedure.documents if d.required and d.code not in given]:
        raise MissingDocuments(codes=missing)
    if command.representative and command.representative.power_of_attorney not in given:
        raise PowerOfAttorneyMissing(code=command.representative.power_of_attorney)


def must_be_known(codes: Iterable[str], procedure: Procedure) -> None:
    """Raises UnknownDocuments."""
    known = {d.code for d in procedure.documents}
    if unknown := sorted(set(codes) - known):
        raise UnknownDocuments(codes=unknown, known=sorted(known))


def must_hold(asked: Iterable[str], given: Iterable[DocumentGiven]) -> None:
    """Raises MissingDocuments."""
    if missing := sorted(set(asked) - {d.code for d in given}):
        raise MissingDocuments(codes=missing)


def draft(
    command: RegisterApplication,
    published: Published,
    person: UUID,
    at: datetime,
    kept: dict[str, Kept],
    represented_by: UUID | None,
) -> ApplicationRegistered:
    """The registration as it will be told, but for its number and deadline; `represented_by`: the representative's account.
    Raises FormNotMet, DocumentsNotUploaded, NoCallOpen."""
    procedure, call = published.edition.procedure, call_of(published, command.receipt)
    return ApplicationRegistered(
        happened_at=at,
        moments={"receipt": command.receipt}
        | ({"call-close": instant(call.closes, published.edition.act.zone)} if call else {}),
        number="",
        edition=published.digest,
        procedure=published.edition.code,
        provider=procedure.provider.code,
        channel=CHANNEL,
        applicant=_applicant(command.applicant, person),
        representative=command.representative and _representative(command.representative, person, represented_by),
        project=project_of(procedure, command.project),
        documents=documents_of(command.documents, kept),
    )


def documents_of(given: Iterable[DocumentGiven], kept: dict[str, Kept]) -> tuple[Document, ...]:
    """The documents with what the store knows of their scans. Raises DocumentsNotUploaded."""
    if absent := sorted({d.code for d in given if d.digest and d.digest not in kept}):
        raise DocumentsNotUploaded(codes=absent)
    return tuple(_document(d, kept) for d in given)


def materials(package: Iterable[Document], scans: Mapping[str, str], kept: Mapping[str, Kept]) -> tuple[str, ...]:
    """The digest of each document of the package, in its order. Raises UnknownDocuments, DocumentsNotUploaded,
    DocumentsWithoutScan."""
    digests = {d.code: d.digest or scans.get(d.code) for d in package}
    if unknown := sorted(scans.keys() - digests.keys()):
        raise UnknownDocuments(codes=unknown, known=sorted(digests))
    if absent := sorted(code for code, digest in scans.items() if digest not in kept):
        raise DocumentsNotUploaded(codes=absent)
    if missing := [code for code, digest in digests.items() if digest is None]:
        raise DocumentsWithoutScan(codes=missing)
    return tuple(digest for digest in digests.values() if digest)


def call_of(published: Published, receipt: datetime) -> Call | None:
    """The call in which the application was filed; none where the procedure takes applications at any time.

    Raises NoCallOpen, with the next one's dates.
    """
    calls, zone = published.edition.procedure.calls, published.edition.act.zone
    if calls is None:
        return None
    if call := calls.at(receipt, zone):
        return call
    following = calls.after(receipt, zone)
    opens, closes = (instant(at, zone) for at in (following.opens, following.closes)) if following else ("-", "-")
    raise NoCallOpen(opens=opens, closes=closes, paragraph=calls.paragraph)


def _document(given: DocumentGiven, kept: dict[str, Kept]) -> Document:
    if given.digest is None:
        return Document(code=given.code, sheets=given.sheets)
    scan = kept[given.digest]
    return Document(code=given.code, digest=scan.digest, media_type=scan.media_type, size=scan.size)


def _applicant(given: ApplicantGiven, person: UUID) -> Applicant:
    return Applicant(
        kind=given.kind,
        account=person,
        person=person,
        number=Personal(person=person, text=given.number),
        name=Personal(person=person, text=given.name),
        phone=Personal(person=person, text=given.phone),
        email=Personal(person=person, text=given.email),
        language=given.language,
    )


def _representative(given: RepresentativeGiven, person: UUID, account: UUID | None) -> Representative:
    return Representative(
        name=Personal(person=person, text=given.name),
        number=Personal(person=person, text=given.number),
        power_of_attorney=given.power_of_attorney,
        account=account,
    )
