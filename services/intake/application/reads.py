"""An application as those see it who work on it or filed it: folded from its facts, corrections taken in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.intake.application.domain import fields_of
from shared.calendar.reason import Reason
from shared.contracts.common import Because
from shared.contracts.intake import Document, RegistrationCorrected
from shared.procedure.case import Case
from shared.procedure.corrections import package
from shared.procedure.progress import OpenStep
from shared.texts.languages import Language

Text = str | None
"""A personal value; none when the person was erased."""


class Deadline(BaseModel):
    """Until when and why, in the caller's language."""

    action: str
    paragraph: str | None
    due: AwareDatetime | None
    because: list[str] = Field(examples=[["20 minutes", "due 25 November 2019, 10:25"]])


class ApplicantShown(BaseModel):
    kind: Literal["entrepreneur", "legal-entity"]
    account: UUID
    number: Text
    name: Text
    phone: Text
    email: Text
    language: Text


class RepresentativeShown(BaseModel):
    name: Text
    number: Text
    power_of_attorney: str


class CorrectionShown(BaseModel):
    field: str
    was: Text
    now: Text
    reason: str
    at: AwareDatetime


class StepShown(Deadline):
    """A step that can be done now, and by which role."""

    step: str
    role: str
    since: AwareDatetime | None


class ApplicationShown(BaseModel):
    """One application. `state`: running, or how it ended. `version` is what If-Match takes."""

    id: UUID
    number: str = Field(examples=["KRG/2019/000001"])
    procedure: str
    edition: str
    provider: str
    channel: str
    applicant: ApplicantShown
    representative: RepresentativeShown | None
    project: dict[str, str]
    documents: tuple[Document, ...]
    received_at: AwareDatetime
    registered_at: AwareDatetime
    total_due: AwareDatetime | None
    state: str = Field(examples=["running"])
    custodian: str
    open: list[StepShown]
    corrections: list[CorrectionShown]
    version: int


def version_of(case: Case) -> int:
    """Grows with every fact that intake learns about the application."""
    return len(case.facts)


def corrections(case: Case) -> list[RegistrationCorrected]:
    """Every correction, oldest first."""
    facts = sorted(case.facts.values(), key=lambda f: f.version)
    return [f.body for f in facts if isinstance(f.body, RegistrationCorrected)]


def fields_now(case: Case) -> dict[str, str]:
    """What of the registration can be put right, as it stands after all corrections."""
    return fields_of(case.registered) | {field: text or "" for field, text in case.corrected.items()}


def application_shown(case: Case, language: Language) -> ApplicationShown:
    registered, stands = case.registered, case.progress
    fields = fields_now(case)
    return ApplicationShown(
        id=case.application,
        number=registered.number,
        procedure=registered.procedure,
        edition=registered.edition,
        provider=registered.provider,
        channel=registered.channel,
        applicant=_applicant(case, fields),
        representative=_representative(case, fields),
        project={name.removeprefix("project."): v for name, v in fields.items() if name.startswith("project.")},
        documents=package(case),
        received_at=registered.moments["receipt"],
        registered_at=registered.happened_at,
        total_due=_local(case, case.total[0]),
        state=stands.ended.outcome if stands.ended else "running",
        custodian=stands.custodian,
        open=[_step(case, opened, language) for opened in stands.open],
        corrections=[_correction(c) for c in corrections(case)],
        version=version_of(case),
    )


def sentences(case: Case, because: Iterable[Because], language: Language) -> list[str]:
    """An explanation in words, with instants in the act's zone."""
    reasons = (Reason.model_validate(b.model_dump()) for b in because)
    return [reason.render(language, case.calendar.zone) for reason in reasons]


def _applicant(case: Case, fields: dict[str, str]) -> ApplicantShown:
    given = case.registered.applicant
    own = {name: fields[f"applicant.{name}"] or None for name in ("name", "phone", "email", "language")}
    return ApplicantShown(kind=given.kind, account=given.account, number=given.number.text, **own)


def _representative(case: Case, fields: dict[str, str]) -> RepresentativeShown | None:
    given = case.registered.representative
    if given is None:
        return None
    return RepresentativeShown(
        name=fields["representative.name"] or None,
        number=given.number.text,
        power_of_attorney=given.power_of_attorney,
    )


def _correction(fact: RegistrationCorrected) -> CorrectionShown:
    return CorrectionShown(
        field=fact.field, was=fact.was.text, now=fact.now.text, reason=fact.reason, at=fact.happened_at
    )


def _step(case: Case, opened: OpenStep, language: Language) -> StepShown:
    deadline = case.deadline(opened)
    return StepShown(
        step=opened.step.code,
        role=opened.step.role,
        action=opened.action.code,
        paragraph=opened.action.paragraph,
        since=_local(case, opened.since),
        due=_local(case, deadline.at if deadline else None),
        because=[r.render(language, case.calendar.zone) for r in deadline.because] if deadline else [],
    )


def _local(case: Case, at: datetime | None) -> datetime | None:
    return at and at.astimezone(case.calendar.zone)
