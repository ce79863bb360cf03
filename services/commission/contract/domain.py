"""The grant contract of one application: drawn at the approval, in force once its last party has signed (000 §5.8)."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event
from pydantic import BaseModel, ConfigDict

from services.commission.contract.refusals import (
    ContractInForce,
    ContractOver,
    ContractTextChanged,
    NotOnPaper,
    NotParty,
    SignsForAnother,
    TermNotOver,
)
from shared.contracts.canonical import canonical
from shared.contracts.common import Digest
from shared.contracts.personal import Personal
from shared.kernel.events import Aggregate, DomainEvent
from shared.procedure.kinds import APPLICANT


class Terms(BaseModel):
    """What the contract says. `amount` in tenge; the protocol and the edition by their digests."""

    model_config = ConfigDict(frozen=True)

    application: UUID
    number: str
    parties: tuple[str, ...]
    amount: str
    protocol_number: str
    protocol_digest: Digest
    edition: Digest

    @property
    def text(self) -> str:
        """Canonical JSON: what is signed."""
        return canonical(self.model_dump(mode="json"))


class Signature(BaseModel):
    """Who signed, and the scan of a signature on paper (its digest), recorded by whoever is named."""

    model_config = ConfigDict(frozen=True)

    by: UUID
    scan: Digest | None = None


class Contract(Aggregate):
    """Parties sign one text in any order; the applicant may decline, the head may close what stays unsigned."""

    class Drawn(Aggregate.Created):
        terms: Terms
        text: str
        digest: Digest
        channel: Literal["paper", "portal"]
        applicant: UUID
        at: datetime

    class Signed(Aggregate.Event):
        party: str
        signature: Signature
        at: datetime

    class CameIntoForce(Aggregate.Event):
        at: datetime

    class Declined(Aggregate.Event):
        reason: Personal | None
        at: datetime

    class Closed(Aggregate.Event):
        reason: Personal
        at: datetime

    @staticmethod
    def create_id(terms: Terms) -> str:
        return contract_of(terms.application)

    @event(Drawn)
    def __init__(
        self,
        terms: Terms,
        text: str,
        digest: Digest,
        channel: Literal["paper", "portal"],
        applicant: UUID,
        at: datetime,
    ) -> None:
        self.terms, self.text, self.digest = terms, text, digest
        self.channel, self.applicant = channel, applicant
        self.signatures: dict[str, Signature] = {}
        self.in_force = False
        self.over: Literal["declined", "closed"] | None = None

    # -- rules

    def sign(self, party: str, by: UUID, digest: str, at: datetime) -> None:
        """One party signs this very text, by somebody who holds its role. Signing again changes nothing."""
        if party == APPLICANT and by != self.applicant:
            raise SignsForAnother(party=party)
        if any(s.by == by and s.scan is None for p, s in self.signatures.items() if p != party):
            raise SignsForAnother(party=party)
        self._sign(party, Signature(by=by), digest, at)

    def record_paper_signature(self, by: UUID, scan: str, digest: str, at: datetime) -> None:
        """The chancellery records what the applicant signed on paper, by its scan."""
        if self.channel != "paper":
            raise NotOnPaper
        self._sign(APPLICANT, Signature(by=by, scan=scan), digest, at)

    def decline(self, by: UUID, reason: Personal | None, at: datetime) -> None:
        """The applicant doesn't want the contract, which isn't in force yet."""
        if by != self.applicant:
            raise SignsForAnother(party=APPLICANT)
        self._decline(reason, at)

    def record_decline(self, reason: Personal | None, at: datetime) -> None:
        """The chancellery records that an applicant who filed on paper declined at the counter."""
        if self.channel != "paper":
            raise NotOnPaper
        self._decline(reason, at)

    def close(self, reason: Personal, due: datetime | None, at: datetime) -> None:
        """The head closes what is still unsigned after the term's end. `due` None: there is no term to end."""
        if self.over == "closed":
            return
        self._must_be_open()
        if due is None or at <= due:
            raise TermNotOver(due=due or "-")
        self._closed(reason, at)

    # -- inside

    def _decline(self, reason: Personal | None, at: datetime) -> None:
        if self.over != "declined":
            self._must_be_open()
            self._declined(reason, at)

    def _sign(self, party: str, signature: Signature, digest: str, at: datetime) -> None:
        if party not in self.terms.parties:
            raise NotParty(parties=self.terms.parties)
        if digest != self.digest:
            raise ContractTextChanged(expected=self.digest)
        if party in self.signatures:
            return
        self._must_be_open()
        self._signed(party, signature, at)
        if set(self.signatures) == set(self.terms.parties):
            self._came_into_force(at)

    def _must_be_open(self) -> None:
        if self.over:
            raise ContractOver
        if self.in_force:
            raise ContractInForce

    # -- state

    @event(Signed)
    def _signed(self, party: str, signature: Signature, at: datetime) -> None:
        self.signatures[party] = signature

    @event(CameIntoForce)
    def _came_into_force(self, at: datetime) -> None:
        self.in_force = True

    @event(Declined)
    def _declined(self, reason: Personal | None, at: datetime) -> None:
        self.over = "declined"

    @event(Closed)
    def _closed(self, reason: Personal, at: datetime) -> None:
        self.over = "closed"


def contract_of(application: UUID) -> str:
    """The stream of an application's contract."""
    return f"contract:{application}"


STORED: dict[str, type[DomainEvent]] = {
    "contract.drawn": Contract.Drawn,
    "contract.signed": Contract.Signed,
    "contract.came-into-force": Contract.CameIntoForce,
    "contract.declined": Contract.Declined,
    "contract.closed": Contract.Closed,
}
