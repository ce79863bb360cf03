"""The receipt of a package, rendered again each time it is asked for."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.intake.application.reads import Deadline, sentences
from shared.contracts.common import StepDone
from shared.contracts.intake import Document
from shared.procedure.case import Case
from shared.texts.languages import Language


class Receipt(BaseModel):
    """What the applicant takes home: what was received, by whom, when, due when, and the code for the cabinet."""

    id: UUID
    number: str = Field(examples=["KRG/2019/000001"])
    procedure: str
    title: str
    provider: str
    received_at: AwareDatetime
    registered_at: AwareDatetime
    registered_by: UUID | None = Field(description="The account of the clerk")
    documents: tuple[Document, ...]
    register_by: Deadline | None
    total: Deadline | None
    code: str | None = Field(description="Opens the cabinet, once; none when it is open", examples=["7K3QD-M0XRT-9AB"])


def receipt_of(case: Case, by: UUID | None, code: str | None, language: Language) -> Receipt:
    registered = case.registered
    return Receipt(
        id=case.application,
        number=registered.number,
        procedure=registered.procedure,
        title=getattr(case.procedure.title, language),
        provider=getattr(case.procedure.provider.title, language),
        received_at=registered.moments["receipt"],
        registered_at=registered.happened_at,
        registered_by=by,
        documents=registered.documents,
        register_by=_of_step(case, registered.step, language) if registered.step else None,
        total=_total(case, language) if registered.total_due else None,
        code=code,
    )


def _of_step(case: Case, step: StepDone, language: Language) -> Deadline:
    because = sentences(case, step.because, language)
    return Deadline(action=step.action, paragraph=step.paragraph, due=step.due, because=because)


def _total(case: Case, language: Language) -> Deadline:
    stated, registered = case.procedure.total, case.registered
    because = sentences(case, registered.total_because, language)
    paragraph = stated.paragraph if stated else None
    return Deadline(action="total", paragraph=paragraph, due=registered.total_due, because=because)
