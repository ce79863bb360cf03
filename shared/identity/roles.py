"""Who acts: the roles of the regulations, each held for a provider or a body."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """The actors of the regulations, those who run the installation, and the system itself."""

    APPLICANT = "applicant"
    REPRESENTATIVE = "representative"
    CHANCELLERY = "chancellery"
    HEAD = "head"
    EXECUTOR = "executor"
    INSTITUTE_HEAD = "institute-head"
    INSTITUTE_EXPERT = "institute-expert"
    SECRETARY = "secretary"
    MEMBER = "member"
    CHAIR = "chair"
    FINANCIAL_AGENCY = "financial-agency"
    SITE_COMMISSION = "site-commission"
    DISTRICT_DEPARTMENT = "district-department"
    REGISTRY_OFFICER = "registry-officer"
    EVALUATOR = "evaluator"
    EVALUATED_BODY = "evaluated-body"
    REPORTER = "reporter"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Grant(BaseModel):
    """One role of an account, for a provider (its code), for a body (its id), for both or for neither.

    A reporter's is for the state body that is evaluated and, as provider, the organisation that reports (its BIN)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    provider: str | None = None
    body: UUID | None = None
