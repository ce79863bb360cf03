"""Every public fact: its owner or owners, its topic, and who reads it."""

from dataclasses import dataclass

from shared.contracts import case, commission, intake, notification
from shared.contracts.common import PublicFact

SERVICES = ("intake", "commission", "notification")

OWNED: dict[str, tuple[type[PublicFact], ...]] = {
    "intake": (
        intake.EditionPublished,
        intake.ApplicationRegistered,
        intake.RegistrationCorrected,
        intake.ExecutorAssigned,
        intake.ApplicationAdmitted,
        intake.ApplicationRefused,
        intake.MaterialsSent,
        intake.WithdrawalRequested,
        intake.ApplicantErased,
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
    ),
    "notification": (
        notification.ApplicantNotified,
        notification.ActionEscalated,
        notification.EscalationWithdrawn,
    ),
}
BY_CUSTODIAN: dict[type[PublicFact], tuple[str, ...]] = {
    case.ApplicationWithdrawn: ("intake", "commission"),
    case.WithdrawalDeclined: ("intake", "commission"),
}
READERS: dict[str, tuple[str, ...]] = {
    "intake": ("commission", "notification"),
    "commission": ("intake", "notification"),
    "notification": ("intake", "commission"),
}
"""Who reads each service's facts: all of them, so that a version that stays missing is a loss."""


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
