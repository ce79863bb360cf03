"""What may be asked of an application at the counter: the commands, as they come over REST."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.intake.account.handlers import TEXT, Body, Email, Name, Number
from shared.texts.languages import Language
from shared.web.instants import Instant

Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$", examples=["+77015550123"])]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])]
Code = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9-]+$")]
Line = Annotated[str, Field(max_length=2000, pattern=TEXT)]
Sentences = Annotated[str, Field(min_length=1, max_length=10_000, pattern=TEXT)]
Stated = Annotated[Instant | None, Field(description="Legal instant of what was done on paper first; now, if left out")]


class ApplicantGiven(Body):
    kind: Literal["entrepreneur", "legal-entity"]
    number: Number
    name: Name
    phone: Phone
    email: Email
    language: Language


class RepresentativeGiven(Body):
    """Who acts for the applicant; `power_of_attorney`: the code of its document in the package."""

    name: Name
    number: Number
    power_of_attorney: Code = "power-of-attorney"


class DocumentGiven(Body):
    """A document: the digest of a scan uploaded before, or a count of paper sheets."""

    code: Code = Field(examples=["business-plan"])
    digest: Digest | None = None
    sheets: Annotated[int, Field(ge=1, le=10_000, examples=[12])] | None = None

    @model_validator(mode="after")
    def scan_or_sheets(self) -> Self:
        if (self.digest is None) == (self.sheets is None):
            raise ValueError("give either the digest of a scan or the count of sheets")
        return self


class RegisterApplication(Body):
    """Receive a paper package and register it. `receipt`: when the package was handed in."""

    procedure: str = Field(max_length=130, examples=["karaganda-2019/new-business-ideas"])
    receipt: Instant = Field(examples=["2019-11-25T10:05:00+06:00"])
    at: Stated = None
    applicant: ApplicantGiven
    representative: RepresentativeGiven | None = None
    project: dict[str, Line] = Field(
        description="As the procedure's form asks",
        examples=[{"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000.00"}],
    )
    consent: bool = Field(description="To the processing of personal data")
    documents: tuple[DocumentGiven, ...] = Field(min_length=1, max_length=100)


class CorrectRegistration(Body):
    """Put a clerk's slip right: only what is given is changed. `reason` names no person."""

    reason: str = Field(min_length=1, max_length=300, pattern=TEXT, examples=["misspelt at the counter"])
    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    language: Language | None = None
    representative_name: Name | None = None
    project: dict[str, Line] | None = Field(None, examples=[{"title": "Наубайхана мен дүкен"}])
    at: Stated = None

    def changes(self) -> Iterator[tuple[str, str]]:
        """Field and new value of everything but the project."""
        for name in ("name", "phone", "email", "language"):
            if (value := getattr(self, name)) is not None:
                yield f"applicant.{name}", value
        if self.representative_name is not None:
            yield "representative.name", self.representative_name


class NameExecutor(Body):
    executor: UUID
    at: Stated = None


class AskForCorrections(Body):
    """Ask the applicant to put documents right; `reasons` are told to the applicant. Terms stand still meanwhile."""

    documents: tuple[Code, ...] = Field(min_length=1, max_length=100, examples=[["business-plan"]])
    reasons: Sentences = Field(examples=["The business plan lacks the budget."])
    at: Stated = None


class CorrectPackage(Body):
    """The applicant's answer: each document that was asked for, anew. `at`: when it came to the counter; from the cabinet
    it is always now."""

    documents: tuple[DocumentGiven, ...] = Field(min_length=1, max_length=100)
    at: Stated = None


class Admit(Body):
    at: Stated = None


class Refuse(Body):
    """`ground`: a code of the procedure's data. `reasons` are told to the applicant."""

    ground: Code = Field(examples=["incomplete-package"])
    reasons: Sentences = Field(examples=["The business plan lacks the budget."])
    at: Stated = None


class SendMaterials(Body):
    """`scans`: digests of scans, uploaded before, of the documents that came on paper alone."""

    scans: dict[Code, Digest] = Field(default_factory=dict, max_length=100)
    at: Stated = None


class AskToWithdraw(Body):
    """`at`: when the applicant asked at the counter; from the cabinet it is always now."""

    at: Stated = None
