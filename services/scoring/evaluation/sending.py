"""Figures that follow from the facts, and what the body objects to them once it is sent its sheet.

Objections stay when an evaluation is taken up again: none is got rid of unanswered, nor by computing the same anew.
"""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from eventsourcing.domain import event

from services.scoring.evaluation.collecting import Collecting, Stage
from services.scoring.evaluation.figures import Figures
from services.scoring.evaluation.objections import Answer, Objection
from services.scoring.evaluation.refusals import (
    AnsweredAlready,
    EvaluationIsApproved,
    NoSuchObjection,
    NotComputed,
    NotSent,
    ObjectionsOver,
    ObjectionsUnanswered,
    ObjectionUpheld,
    SentAlready,
    StillOpen,
)
from shared.kernel.events import Aggregate
from shared.procedure.basics import Names


class Sending(Collecting):
    """The figures under way, of a body that was called `name` when they were computed."""

    class Computed(Aggregate.Event):
        name: Names
        figures: Figures
        at: datetime

    class SentForObjections(Aggregate.Event):
        due: datetime
        zone: str
        at: datetime

    class Agreed(Aggregate.Event):
        by: UUID
        at: datetime

    class Objected(Aggregate.Event):
        objection: Objection

    class ObjectionAnswered(Aggregate.Event):
        number: int
        answer: Answer

    # -- rules

    def compute(self, name: Names, figures: Figures, at: datetime) -> None:
        """The same figures again change nothing."""
        if self.stage is Stage.OPEN:
            raise StillOpen
        if (self.name, self.figures) != (name, figures):
            if self.stage not in (Stage.CLOSED, Stage.COMPUTED):
                raise SentAlready
            self._computed(name, figures, at)

    def send(self, due: datetime, zone: str, at: datetime) -> None:
        """The body has its sheet and may object until then; `zone`: of the act, in whose time the term is told."""
        if self.stage in (Stage.OPEN, Stage.CLOSED):
            raise NotComputed
        if self.stage is Stage.COMPUTED:
            self._must_have_put_right()
            self._sent(due, zone, at)

    def agree(self, by: UUID, at: datetime) -> None:
        """The body has nothing to object: nobody has to wait for the term."""
        self.must_be_sent()
        if not self.agreed:
            self._agreed(by, at)

    def object(self, objection: Objection) -> None:
        """The same objection to the same sheet again changes nothing."""
        self.must_be_sent()
        if any(objection.repeats(known) for known in self.objections):
            return
        if self.agreed or (self.due and objection.at > self.due):
            raise ObjectionsOver(due=self.due)
        self._objected(objection)

    def answer(self, number: int, answer: Answer) -> None:
        """At any stage before the approval, so that one to a sheet that has fallen meanwhile is answered as well."""
        self._must_not_be_approved()
        objection = next((o for o in self.objections if o.number == number), None)
        if objection is None:
            raise NoSuchObjection
        if objection.answer is None:
            self._answered(number, answer)
        elif (objection.answer.upheld, objection.answer.words) != (answer.upheld, answer.words):
            raise AnsweredAlready

    # -- inside

    def must_be_sent(self) -> None:
        self._must_not_be_approved()
        if self.stage is not Stage.SENT:
            raise NotSent

    def _must_not_be_approved(self) -> None:
        if self.stage is Stage.APPROVED:
            raise EvaluationIsApproved

    def _must_have_answered(self) -> None:
        if waiting := [o.number for o in self.objections if o.answer is None]:
            raise ObjectionsUnanswered(numbers=waiting)

    def _must_have_put_right(self) -> None:
        """Raises ObjectionUpheld while the figures are those that an upheld objection was made against."""
        if upheld := [o.number for o in self.objections if o.upheld and self.objected_to[o.number] == self.figures]:
            raise ObjectionUpheld(numbers=upheld)

    # -- state

    @event(Computed)
    def _computed(self, name: Names, figures: Figures, at: datetime) -> None:
        self.stage, self.since, self.name, self.figures = Stage.COMPUTED, at, name, figures

    @event(SentForObjections)
    def _sent(self, due: datetime, zone: str, at: datetime) -> None:
        self.stage, self.since, self.due = Stage.SENT, at, due.astimezone(ZoneInfo(zone))

    @event(Agreed)
    def _agreed(self, by: UUID, at: datetime) -> None:
        self.agreed = True

    @event(Objected)
    def _objected(self, objection: Objection) -> None:
        assert self.figures
        self.objections.append(objection)
        self.objected_to[objection.number] = self.figures

    @event(ObjectionAnswered)
    def _answered(self, number: int, answer: Answer) -> None:
        self.objections = [
            o.model_copy(update={"answer": answer}) if o.number == number else o for o in self.objections
        ]
