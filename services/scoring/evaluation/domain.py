"""The evaluation of one state body for one period in one part of the sheet, from its opening to its approval."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event
from pydantic import model_validator

from services.scoring.evaluation.collecting import Collecting, Stage
from services.scoring.evaluation.figures import Approval, Said
from services.scoring.evaluation.refusals import FiguresChanged, NotComputed, ObjectionsMayCome
from services.scoring.evaluation.sending import Sending
from shared.contracts.canonical import digest_of
from shared.kernel.events import Aggregate, DomainEvent


class Evaluation(Sending):
    """One sheet: figures that follow from the facts, the body's objections, the authority's approval."""

    class Approved(Aggregate.Event):
        """`text` is what was signed: kept, for a later program would write the same figures otherwise."""

        by: UUID
        text: str
        digest: str
        at: datetime

        @model_validator(mode="after")
        def is_of_its_digest(self) -> Self:
            if digest_of(self.text) != self.digest:
                raise ValueError("the text isn't the one that the digest was taken of")
            return self

    class TakenUpAgain(Aggregate.Event):
        by: UUID
        reason: str
        at: datetime

    # -- rules

    def take_up_again(self, by: UUID, reason: str, at: datetime) -> None:
        """Facts are reported or settled anew; what was computed falls, what was objected stays, and what was approved stays a
        version of its own."""
        if self.stage is not Stage.OPEN:
            self._taken_up_again(by, reason, at)

    def approve(self, by: UUID, digest: str, at: datetime) -> None:
        """The authority signs this very digest, once nobody may object any more and everything is answered."""
        if self.stage is Stage.APPROVED and self.approvals[-1].digest == digest:
            return
        self.must_be_sent()
        text = self.said.text
        if digest != digest_of(text):
            raise FiguresChanged(expected=digest_of(text))
        self._must_have_answered()
        self._must_have_put_right()
        if not self.agreed and self.due and at <= self.due:
            raise ObjectionsMayCome(due=self.due)
        self._approved(by, text, digest, at)

    # -- reading

    @property
    def number(self) -> int:
        """Of the version that is being made, or stands approved."""
        return len(self.approvals) + (self.stage is not Stage.APPROVED)

    @property
    def approval(self) -> Approval | None:
        """The one that stands; a version that is being corrected doesn't."""
        return self.approvals[-1] if self.stage is Stage.APPROVED else None

    @property
    def said(self) -> Said:
        """What the present figures say: what was signed, or is to be signed. Raises NotComputed."""
        if self.approval:
            return self.approval.said
        if self.figures is None or self.name is None:
            raise NotComputed
        return Said(
            evaluation=self.evaluation,
            body=self.bin,
            name=self.name,
            period=self.period,
            part=self.part,
            edition=self.edition,
            number=self.number,
            figures=self.figures,
            corrects=self.approvals[-1].digest if self.approvals else None,
            reason=self.correction,
        )

    # -- state

    @event(Approved)
    def _approved(self, by: UUID, text: str, digest: str, at: datetime) -> None:
        self.approvals.append(Approval(self.number, text, digest, by, at))
        self.stage, self.since = Stage.APPROVED, at

    @event(TakenUpAgain)
    def _taken_up_again(self, by: UUID, reason: str, at: datetime) -> None:
        if self.stage is Stage.APPROVED:
            self.correction = reason
        self.stage, self.since = Stage.OPEN, at
        self.name, self.figures, self.due, self.agreed = None, None, None, False


STORED: dict[str, type[DomainEvent]] = {
    "evaluation.opened": Evaluation.Opened,
    "evaluation.import-begun": Collecting.ImportBegun,
    "evaluation.import-completed": Collecting.ImportCompleted,
    "evaluation.import-abandoned": Collecting.ImportAbandoned,
    "evaluation.closed": Collecting.Closed,
    "evaluation.computed": Sending.Computed,
    "evaluation.sent-for-objections": Sending.SentForObjections,
    "evaluation.agreed": Sending.Agreed,
    "evaluation.objected": Sending.Objected,
    "evaluation.objection-answered": Sending.ObjectionAnswered,
    "evaluation.approved": Evaluation.Approved,
    "evaluation.taken-up-again": Evaluation.TakenUpAgain,
}
