"""An expertise as those see it who take part in it, and as its conclusion is read by those who decide."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.expertise.conclusion import Conclusion, Findings
from services.expertise.domain import Examination
from shared.contracts.canonical import digest_of
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.procedure.case import Case
from shared.procedure.format import Names

Words = str | None
"""Personal text; none when the person was erased."""


class CriterionShown(BaseModel):
    code: str
    title: Names | None
    most: int


class FindingsShown(BaseModel):
    points: dict[str, int]
    recommended: bool
    words: Words


class OpinionShown(FindingsShown):
    expert: UUID


class ConclusionShown(FindingsShown):
    """A filed version: `text` is what its digest is taken of, byte for byte, as long as it is `intact`; it isn't once
    the personal words in it were erased."""

    number: int
    digest: str
    text: str
    intact: bool
    corrects: str | None
    reason: str | None


class ExpertiseShown(BaseModel):
    """One expertise. `version` is what If-Match takes; `materials`: SHA-256 of the documents that are examined;
    `conflicts`: who declared one, with the reason for the institute's head, the auditor and that expert alone; `opinions`:
    the own one, until the conclusion is filed, but all for those three and the expert who leads."""

    application: UUID
    number: str
    procedure: str
    provider: str
    step: str
    project: dict[str, str]
    materials: list[str]
    criteria: list[CriterionShown]
    since: AwareDatetime | None = Field(description="From when the term runs; absent once it is concluded")
    due: AwareDatetime | None
    experts: list[UUID]
    lead: UUID | None
    conflicts: dict[UUID, Words]
    opinions: list[OpinionShown]
    conclusions: list[ConclusionShown]
    version: int


def expertise_shown(examination: Examination, case: Case, caller: Caller) -> ExpertiseShown:
    opened = case.progress.opened(examination.step)
    due = case.deadline(opened) if opened else None
    return ExpertiseShown(
        application=examination.application,
        number=case.registered.number,
        procedure=case.registered.procedure,
        provider=case.registered.provider,
        step=examination.step,
        project=_project(case),
        materials=list(examination.materials),
        criteria=_criteria(examination, case),
        since=opened.since if opened else None,
        due=due.at if due else None,
        experts=list(examination.experts),
        lead=examination.lead,
        conflicts={e: r.text if _oversees(caller, case, e) else None for e, r in examination.conflicts.items()},
        opinions=_opinions(examination, case, caller),
        conclusions=[_conclusion(examination, c) for c in examination.conclusions],
        version=examination.version,
    )


def _oversees(caller: Caller, case: Case, expert: UUID) -> bool:
    """The institute's head, the auditor, and the expert whose words they are."""
    head = caller.holds(Role.INSTITUTE_HEAD, provider=case.registered.provider)
    return head or caller.holds(Role.AUDITOR) or caller.account == expert


def _opinions(examination: Examination, case: Case, caller: Caller) -> list[OpinionShown]:
    every = bool(examination.conclusions) or caller.account == examination.lead
    seen = {e: f for e, f in examination.opinions.items() if every or _oversees(caller, case, e)}
    return [OpinionShown(expert=e, **_said(f)) for e, f in seen.items()]


def _criteria(examination: Examination, case: Case) -> list[CriterionShown]:
    said = case.procedure.expertise
    titles = {c.code: c.title for c in said.criteria} if said else {}
    return [CriterionShown(code=s.criterion, title=titles.get(s.criterion), most=s.most) for s in examination.scales]


def _conclusion(examination: Examination, said: Conclusion) -> ConclusionShown:
    text = examination.text(said.findings, said.corrects, said.reason)
    return ConclusionShown(
        number=said.number,
        digest=said.digest,
        text=text,
        intact=digest_of(text) == said.digest,
        corrects=said.corrects,
        reason=said.reason,
        **_said(said.findings),
    )


def _said(findings: Findings) -> dict[str, object]:
    return {"points": findings.points, "recommended": findings.recommended, "words": findings.words.text}


def _project(case: Case) -> dict[str, str]:
    said = case.registered.project
    return {**said.model_dump(exclude={"other"}, exclude_none=True), **said.other}
