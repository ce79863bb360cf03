"""Public facts of the commission: sittings, decisions, protocols, contracts.

Members and signers are accounts; their names stay in the commission's own store.
"""

from typing import Literal
from uuid import UUID

from shared.contracts.common import CaseFact, Contract, Decision, Digest, Instant, PublicFact
from shared.contracts.personal import Personal


class SittingScheduled(PublicFact):
    """A sitting was fixed, or fixed anew; the subject is the sitting."""

    body: UUID
    starts_at: Instant
    place: str
    agenda: tuple[UUID, ...]
    members: tuple[UUID, ...]


class SittingCancelled(PublicFact):
    """The sitting won't take place; the subject is the sitting."""

    reason: str


class ApplicationScheduled(CaseFact):
    """The application is on the agenda of a sitting (again, when it is postponed to a date or moved to another)."""

    sitting: UUID
    body: UUID
    starts_at: Instant
    place: str


class ApplicationUnscheduled(CaseFact):
    """The application is on no agenda any more: an undoing of convene."""

    sitting: UUID
    why: Literal["cancelled", "postponed", "no-quorum", "taken-off"]


class SittingHeld(CaseFact):
    """The sitting had its quorum and discussed this application."""

    sitting: UUID
    members: int
    present: int
    recused: int


class Tally(Contract):
    """The open vote, counted."""

    in_favour: int
    against: int
    abstained: int
    recused: int
    chair_broke_tie: bool = False


class ApplicationDecided(CaseFact):
    """The vote on this application was closed; `step.outcome` is granted or refused."""

    sitting: UUID
    tally: Tally
    reasons: Personal


class ProtocolDrawn(CaseFact):
    """The protocol of the sitting was drawn; `step.parts` lists its signers."""

    sitting: UUID
    number: str
    digest: Digest
    signers: Literal["all", "present"]


class ProtocolReopened(CaseFact):
    """Something in the protocol was corrected before its approval: it has to be drawn and signed anew."""

    sitting: UUID
    corrected: Literal["roll-call", "note", "vote", "reasons"]
    reason: str


class ProtocolSigned(CaseFact):
    """One signer's answer (`step.part`): signed over the digest, perhaps with a dissenting opinion, or not, with the reason."""

    sitting: UUID
    digest: Digest
    dissent: bool = False
    reason: Personal | None = None


class ProtocolApproved(CaseFact):
    """The chair approved the protocol; a refusal comes with its reasons."""

    sitting: UUID
    number: str
    digest: Digest
    reasons: Personal


class ContractDrawn(CaseFact):
    """The contract's text stands; each party signs over this digest."""

    parties: tuple[str, ...]
    digest: Digest


class ContractPartySigned(CaseFact):
    """One party (`step.part`) signed; others haven't yet."""

    digest: Digest
    scan: Digest | None = None


class ContractSigned(CaseFact):
    """The last party (`step.part`) signed: the contract is in force."""

    parties: tuple[str, ...]
    digest: Digest
    scan: Digest | None = None


class ContractDeclined(Decision):
    """The applicant declined the contract: the case has ended."""

    reason: Personal | None = None


class CaseClosed(Decision):
    """The head closed a case whose contract was unsigned at its term's end."""

    reason: Personal
