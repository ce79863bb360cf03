"""The expertise of one application at the national institute: experts, their opinions, the conclusion and its versions."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from services.expertise.conclusion import Conclusion, Findings, Scale, must_fit, text
from services.expertise.refusals import (
    ConclusionFiled,
    ConflictsOpen,
    ExpertsNamedAlready,
    ExpertsNotNamed,
    InConflict,
    LeadNotAmongThem,
    NothingFiled,
    NotItsExpert,
    NotItsLead,
    OpinionsMissing,
    WouldReplaceThemselves,
)
from shared.contracts.canonical import digest_of
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent


class Examination(Aggregate):
    """What becomes of the materials of one application in one step (000 §6.4, 003 annex 1 §5.5)."""

    class Opened(Aggregate.Created):
        application: UUID
        step: str
        materials: tuple[str, ...]
        scales: tuple[Scale, ...]
        at: datetime

    class ExpertsNamed(Aggregate.Event):
        experts: tuple[UUID, ...]
        lead: UUID
        at: datetime

    class ConflictDeclared(Aggregate.Event):
        expert: UUID
        reason: Personal
        at: datetime

    class ExpertReplaced(Aggregate.Event):
        expert: UUID
        by: UUID
        reason: Personal | str
        """Sealed under the key of who is replaced; plain in old facts."""
        at: datetime

    class OpinionGiven(Aggregate.Event):
        expert: UUID
        findings: Findings
        at: datetime

    class Concluded(Aggregate.Event):
        by: UUID
        findings: Findings
        digest: str
        at: datetime

    class Corrected(Aggregate.Event):
        by: UUID
        findings: Findings
        digest: str
        corrects: str
        reason: str
        at: datetime

    @staticmethod
    def create_id(application: UUID, step: str) -> str:
        return f"examination:{application}:{step}"

    @event(Opened)
    def __init__(
        self, application: UUID, step: str, materials: tuple[str, ...], scales: tuple[Scale, ...], at: datetime
    ) -> None:
        self.application, self.step, self.materials, self.scales = application, step, materials, scales
        self.experts: tuple[UUID, ...] = ()
        self.lead: UUID | None = None
        self.conflicts: dict[UUID, Personal] = {}
        self.opinions: dict[UUID, Findings] = {}
        self.conclusions: list[Conclusion] = []
        self.composed_at = self.latest = at

    # -- rules

    def name_experts(self, experts: tuple[UUID, ...], lead: UUID, at: datetime) -> None:
        """The institute's head names who examines, and who of them leads. The same again changes nothing."""
        if lead not in experts:
            raise LeadNotAmongThem
        if (self.experts, self.lead) == (experts, lead):
            return
        if self.experts:
            raise ExpertsNamedAlready
        self._experts_named(experts, lead, at)

    def declare_conflict(self, expert: UUID, reason: Personal, at: datetime) -> None:
        """The expert has an interest in the matter: what they wrote counts no more, and somebody replaces them."""
        if expert in self.conflicts:
            return
        self._must_take_part(expert)
        self._must_be_unfiled()
        self._conflict_declared(expert, reason, at)

    def replace(self, expert: UUID, by: UUID, reason: Personal, at: datetime) -> None:
        """Another expert in this one's place, in the lead too where this one led."""
        if expert not in self.experts and by in self.experts:
            return
        self._must_take_part(expert)
        self._must_be_unfiled()
        if by in self.experts or by in self.conflicts:
            raise WouldReplaceThemselves
        self._expert_replaced(expert, by, reason, at)

    def give_opinion(self, expert: UUID, findings: Findings, at: datetime) -> None:
        """The expert's findings; until the conclusion is filed, others may take their place."""
        self._must_take_part(expert)
        if expert in self.conflicts:
            raise InConflict
        must_fit(findings.points, self.scales)
        if self.opinions.get(expert) != findings:
            self._must_be_unfiled()
            self._opinion_given(expert, findings, at)

    def conclude(self, by: UUID, findings: Findings, at: datetime) -> None:
        """File the conclusion, once every expert has given an opinion. It is frozen then; the same again changes
        nothing."""
        self._must_lead(by)
        must_fit(findings.points, self.scales)
        if self.conclusions and self.conclusions[0].findings == findings:
            return
        self._must_be_unfiled()
        if waiting := [e for e in self.experts if e in self.conflicts]:
            raise ConflictsOpen(experts=waiting)
        if missing := [e for e in self.experts if e not in self.opinions]:
            raise OpinionsMissing(experts=missing)
        self._concluded(by, findings, digest_of(self.text(findings)), at)

    def correct(self, by: UUID, findings: Findings, reason: str, at: datetime) -> None:
        """A later version of what was filed; the same findings again change nothing."""
        self._must_lead(by)
        must_fit(findings.points, self.scales)
        if not self.conclusions:
            raise NothingFiled
        newest = self.conclusions[-1]
        if newest.findings != findings:
            said = self.text(findings, newest.digest, reason)
            self._corrected(by, findings, digest_of(said), newest.digest, reason, at)

    # -- reading

    def ground(self, *, of_all: bool) -> datetime:
        """Before when nothing is dated: the naming of the experts, as it stands; what is said `of_all`, and anything once a
        conclusion is filed, rests on everything that was written."""
        return self.latest if of_all or self.conclusions else self.composed_at

    def text(self, findings: Findings, corrects: str | None = None, reason: str | None = None) -> str:
        """What a conclusion of these findings says, byte for byte; `corrects`: the digest of the version before."""
        return text(self.application, self.materials, self.opinions, findings, corrects, reason)

    # -- inside

    def _must_take_part(self, expert: UUID) -> None:
        if not self.experts:
            raise ExpertsNotNamed
        if expert not in self.experts:
            raise NotItsExpert

    def _must_lead(self, by: UUID) -> None:
        self._must_take_part(by)
        if by != self.lead:
            raise NotItsLead

    def _must_be_unfiled(self) -> None:
        if self.conclusions:
            raise ConclusionFiled(digest=self.conclusions[-1].digest)

    # -- state

    @event(ExpertsNamed)
    def _experts_named(self, experts: tuple[UUID, ...], lead: UUID, at: datetime) -> None:
        self.experts, self.lead = experts, lead
        self._composed(at)

    @event(ConflictDeclared)
    def _conflict_declared(self, expert: UUID, reason: Personal, at: datetime) -> None:
        self.conflicts[expert] = reason
        self.opinions.pop(expert, None)
        self._came(at)

    @event(ExpertReplaced)
    def _expert_replaced(self, expert: UUID, by: UUID, reason: Personal | str, at: datetime) -> None:
        self.experts = tuple(by if e == expert else e for e in self.experts)
        self.lead = by if self.lead == expert else self.lead
        self.opinions.pop(expert, None)
        self._composed(at)

    @event(OpinionGiven)
    def _opinion_given(self, expert: UUID, findings: Findings, at: datetime) -> None:
        self.opinions[expert] = findings
        self._came(at)

    @event(Concluded)
    def _concluded(self, by: UUID, findings: Findings, digest: str, at: datetime) -> None:
        self.conclusions.append(Conclusion(number=1, digest=digest, findings=findings))
        self._came(at)

    @event(Corrected)
    def _corrected(self, by: UUID, findings: Findings, digest: str, corrects: str, reason: str, at: datetime) -> None:
        number = len(self.conclusions) + 1
        said = Conclusion(number=number, digest=digest, findings=findings, corrects=corrects, reason=reason)
        self.conclusions.append(said)
        self._came(at)

    def _composed(self, at: datetime) -> None:
        self.composed_at = max(self.composed_at, at)
        self._came(at)

    def _came(self, at: datetime) -> None:
        self.latest = max(self.latest, at)


STORED: dict[str, type[DomainEvent]] = {
    "examination.opened": Examination.Opened,
    "examination.experts-named": Examination.ExpertsNamed,
    "examination.conflict-declared": Examination.ConflictDeclared,
    "examination.expert-replaced": Examination.ExpertReplaced,
    "examination.opinion-given": Examination.OpinionGiven,
    "examination.concluded": Examination.Concluded,
    "examination.corrected": Examination.Corrected,
}
