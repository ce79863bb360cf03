"""The evaluation of one state body for one period in one part of the sheet, from its opening to its approval."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from services.scoring.evaluation.collecting import Approval, Collecting, Stage
from services.scoring.evaluation.figures import Figures, Said
from services.scoring.evaluation.objections import Answer, Objection
from services.scoring.evaluation.refusals import (
    AnsweredAlready,
    EvaluationIsApproved,
    FiguresChanged,
    NoSuchObjection,
    NotComputed,
    NotSent,
    ObjectionsMayCome,
    ObjectionsOver,
    ObjectionsUnanswered,
    ObjectionUpheld,
    SentAlready,
    StillOpen,
)
from shared.kernel.events import Aggregate, DomainEvent


class Evaluation(Collecting):
    """One sheet: figures that follow from the facts, the body's objections, the authority's approval."""

    class Computed(Aggregate.Event):
        figures: Figures
        at: datetime

    class SentForObjections(Aggregate.Event):
        due: datetime
        at: datetime

    class Agreed(Aggregate.Event):
        by: UUID
        at: datetime

    class Objected(Aggregate.Event):
        objection: Objection

    class ObjectionAnswered(Aggregate.Event):
        number: int
        answer: Answer

    class Approved(Aggregate.Event):
        by: UUID
        digest: str
        at: datetime

    class TakenUpAgain(Aggregate.Event):
        by: UUID
        reason: str
        at: datetime

    # -- rules

    def take_up_again(self, by: UUID, reason: str, at: datetime) -> None:
        """Facts are reported or settled anew; what was computed falls, what was approved stays a version of its own."""
        if self.stage is not Stage.OPEN:
            self._taken_up_again(by, reason, at)

    def compute(self, figures: Figures, at: datetime) -> None:
        """The same figures again change nothing."""
        if self.stage is Stage.OPEN:
            raise StillOpen
        if self.figures != figures:
            if self.stage not in (Stage.CLOSED, Stage.COMPUTED):
                raise SentAlready
            self._computed(figures, at)

    def send(self, due: datetime, at: datetime) -> None:
        """The body has its sheet and may object until then."""
        if self.stage in (Stage.OPEN, Stage.CLOSED):
            raise NotComputed
        if self.stage is Stage.COMPUTED:
            self._sent(due, at)

    def agree(self, by: UUID, at: datetime) -> None:
        """The body has nothing to object: nobody has to wait for the term."""
        self._must_be_sent()
        if not self.agreed:
            self._agreed(by, at)

    def object(self, objection: Objection) -> None:
        """The same objection again changes nothing."""
        self._must_be_sent()
        made = {o.model_copy(update={"number": 0, "at": objection.at, "answer": None}) for o in self.objections}
        if objection.model_copy(update={"number": 0}) in made:
            return
        if self.agreed or (self.due and objection.at > self.due):
            raise ObjectionsOver(due=self.due)
        self._objected(objection)

    def answer(self, number: int, answer: Answer) -> None:
        self._must_be_sent()
        objection = next((o for o in self.objections if o.number == number), None)
        if objection is None:
            raise NoSuchObjection
        if objection.answer is None:
            self._answered(number, answer)
        elif (objection.answer.upheld, objection.answer.words) != (answer.upheld, answer.words):
            raise AnsweredAlready

    def approve(self, by: UUID, digest: str, at: datetime) -> None:
        """The authority signs this very digest, once nobody may object any more and everything is answered."""
        if self.stage is Stage.APPROVED and self.approvals[-1].said.digest == digest:
            return
        self._must_be_sent()
        if digest != self.said.digest:
            raise FiguresChanged(expected=self.said.digest)
        if waiting := [o.number for o in self.objections if o.answer is None]:
            raise ObjectionsUnanswered(numbers=waiting)
        if upheld := [o.number for o in self.objections if o.answer and o.answer.upheld]:
            raise ObjectionUpheld(numbers=upheld)
        if not self.agreed and self.due and at <= self.due:
            raise ObjectionsMayCome(due=self.due)
        self._approved(by, digest, at)

    # -- reading

    @property
    def number(self) -> int:
        """Of the version that is being made, or stands approved."""
        return len(self.approvals) + (self.stage is not Stage.APPROVED)

    @property
    def said(self) -> Said:
        """What the present figures say, for a signature. Raises NotComputed."""
        if self.figures is None:
            raise NotComputed
        if self.stage is Stage.APPROVED:
            return self.approvals[-1].said
        return Said(
            evaluation=self.evaluation,
            body=self.bin,
            period=self.period,
            part=self.part,
            edition=self.edition,
            number=self.number,
            figures=self.figures,
            corrects=self.approvals[-1].said.digest if self.approvals else None,
            reason=self.correction,
        )

    # -- inside

    def _must_be_sent(self) -> None:
        if self.stage is Stage.APPROVED:
            raise EvaluationIsApproved
        if self.stage is not Stage.SENT:
            raise NotSent

    # -- state

    @event(Computed)
    def _computed(self, figures: Figures, at: datetime) -> None:
        self.stage, self.since, self.figures = Stage.COMPUTED, at, figures

    @event(SentForObjections)
    def _sent(self, due: datetime, at: datetime) -> None:
        self.stage, self.since, self.due = Stage.SENT, at, due

    @event(Agreed)
    def _agreed(self, by: UUID, at: datetime) -> None:
        self.agreed = True

    @event(Objected)
    def _objected(self, objection: Objection) -> None:
        self.objections.append(objection)

    @event(ObjectionAnswered)
    def _answered(self, number: int, answer: Answer) -> None:
        self.objections = [
            o.model_copy(update={"answer": answer}) if o.number == number else o for o in self.objections
        ]

    @event(Approved)
    def _approved(self, by: UUID, digest: str, at: datetime) -> None:
        approval = Approval(self.said, by, at)
        self.stage, self.since = Stage.APPROVED, at
        self.approvals.append(approval)

    @event(TakenUpAgain)
    def _taken_up_again(self, by: UUID, reason: str, at: datetime) -> None:
        if self.stage is Stage.APPROVED:
            self.correction = reason
        self.stage, self.since = Stage.OPEN, at
        self.figures, self.due, self.agreed, self.objections = None, None, False, []


STORED: dict[str, type[DomainEvent]] = {
    "evaluation.opened": Evaluation.Opened,
    "evaluation.import-begun": Collecting.ImportBegun,
    "evaluation.import-completed": Collecting.ImportCompleted,
    "evaluation.import-abandoned": Collecting.ImportAbandoned,
    "evaluation.closed": Collecting.Closed,
    "evaluation.computed": Evaluation.Computed,
    "evaluation.sent-for-objections": Evaluation.SentForObjections,
    "evaluation.agreed": Evaluation.Agreed,
    "evaluation.objected": Evaluation.Objected,
    "evaluation.objection-answered": Evaluation.ObjectionAnswered,
    "evaluation.approved": Evaluation.Approved,
    "evaluation.taken-up-again": Evaluation.TakenUpAgain,
}
