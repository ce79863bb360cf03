"""Every public fact: its owner or owners, its topic, and who reads it."""

from dataclasses import dataclass

from shared.contracts import case, commission, expertise, intake, notification, result, scoring
from shared.contracts.common import PublicFact

SERVICES = ("intake", "expertise", "commission", "notification", "scoring")

OWNED: dict[str, tuple[type[PublicFact], ...]] = {
    "intake": (
        intake.EditionPublished,
        intake.CalendarPublished,
        intake.ApplicationRegistered,
        intake.RegistrationCorrected,
        intake.CorrectionsAsked,
        intake.PackageCorrected,
        intake.ExecutorAssigned,
        intake.AbsencesRecorded,
        intake.ApplicationAdmitted,
        intake.ApplicationRefused,
        intake.MaterialsSent,
        intake.WithdrawalRequested,
        intake.ContactGiven,
        intake.ApplicantErased,
    ),
    "expertise": (
        expertise.ExpertsNamed,
        expertise.ExpertiseConcluded,
        expertise.ExpertiseCorrected,
    ),
    "commission": (
        commission.SittingScheduled,
        commission.SittingCancelled,
        commission.ApplicationScheduled,
        commission.ApplicationUnscheduled,
        commission.SittingHeld,
        commission.ApplicationDecided,
        commission.ProtocolDrawn,
        commission.ProtocolReopened,
        commission.ProtocolSigned,
        commission.ProtocolApproved,
        commission.ContractDrawn,
        commission.ContractPartySigned,
        commission.ContractSigned,
        commission.ContractDeclined,
        commission.CaseClosed,
        result.ResultPrepared,
        result.ResultSigned,
        result.ResultRegistered,
        result.ResultIssued,
    ),
    "notification": (
        notification.ApplicantNotified,
        notification.ActionEscalated,
        notification.EscalationWithdrawn,
        notification.ActionDueSoon,
        notification.NoticeDelivered,
        notification.NoticeNotDelivered,
        notification.ConvocationDelivered,
        notification.ConvocationNotDelivered,
    ),
    "scoring": (scoring.SheetSent, scoring.EvaluationApproved),
}
CUSTODIANS = ("intake", "expertise", "commission")
BY_CUSTODIAN: dict[type[PublicFact], tuple[str, ...]] = {
    case.ApplicationWithdrawn: CUSTODIANS,
    case.WithdrawalDeclined: CUSTODIANS,
    case.CaseSuspended: CUSTODIANS,
    case.CaseResumed: CUSTODIANS,
    case.TermExtended: CUSTODIANS,
}
READERS: dict[str, tuple[str, ...]] = {
    "intake": ("expertise", "commission", "notification"),
    "expertise": ("intake", "commission", "notification"),
    "commission": ("intake", "expertise", "notification"),
    "notification": ("intake", "expertise", "commission"),
    "scoring": ("intake",),
}
"""Who reads each service's facts: all of them, so that a version that stays missing is a loss. Scoring reads nobody's; of its
own, which are for agencies, intake keeps a copy, by which a scoring restored from an older backup is noticed."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic carries one event of one owner, keyed by subject."""

    name: str
    fact: type[PublicFact]
    owner: str

    @property
    def ce_type(self) -> str:
        return f"reglament.{self.owner}.{self.fact.name()}.v{self.fact.version}"


def _topic(fact: type[PublicFact], owner: str) -> Topic:
    base = fact.name() if fact.version == 1 else f"{fact.name()}.v{fact.version}"
    return Topic(f"{base}.{owner}" if fact in BY_CUSTODIAN else base, fact, owner)


TOPICS: tuple[Topic, ...] = tuple(
    [_topic(fact, owner) for owner, facts in OWNED.items() for fact in facts]
    + [_topic(fact, owner) for fact, owners in BY_CUSTODIAN.items() for owner in owners]
)
BY_NAME = {topic.name: topic for topic in TOPICS}
BY_TYPE = {(topic.owner, topic.fact.name()): topic for topic in TOPICS}


def topics_of(owner: str) -> tuple[Topic, ...]:
    return tuple(t for t in TOPICS if t.owner == owner)


def topics_read_by(service: str) -> tuple[Topic, ...]:
    """All topics of every source that this service reads."""
    return tuple(t for t in TOPICS if service in READERS[t.owner])
