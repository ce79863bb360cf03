"""A case as one service knows it: its facts, where it stands, and what may be done to it now.

Commands ask it whether a step is open for them; publish asks it for the common part of a fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.calendar.because import utc
from shared.calendar.calendar import Calendar
from shared.calendar.due import Due, due
from shared.calendar.reason import Reason
from shared.calendar.term import Term
from shared.contracts.common import Because, CaseFact, PublicFact, StepDone
from shared.contracts.intake import ApplicationRegistered, RegistrationCorrected
from shared.identity.tokens import Caller
from shared.procedure import refusals
from shared.procedure.editions import Published
from shared.procedure.facts import Fact
from shared.procedure.format import Action, After, Moment, Procedure, Step
from shared.procedure.progress import OpenStep, Progress, progress


class Case:
    """One application in one service. `registered` is its registration; `number`, `provider` come from there."""

    def __init__(
        self, service: str, subject: str, facts: Iterable[Fact], registered: ApplicationRegistered, published: Published
    ) -> None:
        self.service, self.subject, self.registered = service, subject, registered
        self.facts = {f.id: f for f in facts}
        self.edition, self.digest = published.edition, published.digest

    @property
    def procedure(self) -> Procedure:
        return self.edition.procedure

    @property
    def application(self) -> UUID:
        return UUID(self.subject)

    @property
    def person(self) -> UUID:
        """Whose key the personal fields are sealed under."""
        return self.registered.applicant.person

    @property
    def calendar(self) -> Calendar:
        return self.edition.days

    @cached_property
    def progress(self) -> Progress:
        return progress(self.procedure, self.facts.values())

    @property
    def corrected(self) -> dict[str, str | None]:
        """What of the registration was put right, by field, as it stands now; None where it was erased."""
        facts = sorted(self.facts.values(), key=lambda f: f.version)
        return {f.body.field: f.body.now.text for f in facts if isinstance(f.body, RegistrationCorrected)}

    @property
    def mine(self) -> bool:
        """Whether this service has custody."""
        return self.progress.custodian == self.service

    @property
    def rests_on_custody(self) -> tuple[UUID, ...]:
        """What an end rests on that this service chooses: the hand-over that gave it the case."""
        given = self.progress.given
        return (given.id,) if given else ()

    def learn(self, fact_id: UUID, version: int, fact: PublicFact) -> None:
        """The unit of work wrote this about the application: it counts for what is decided next."""
        if isinstance(fact, CaseFact):
            self.facts[fact_id] = Fact(fact_id, self.service, version, fact.name(), fact)
            self.__dict__.pop("progress", None)

    # -- what the procedure says

    def steps_of_kind(self, kind: str) -> list[Step]:
        return [step for _, step in self.procedure.steps.values() if step.kind == kind]

    def step_of_kind(self, kind: str) -> Step:
        """The step of this kind that is next, or the last one that was done. Raises NoSuchStep."""
        steps = self.steps_of_kind(kind)
        if not steps:
            raise refusals.NoSuchStep(kind=kind)
        undone = [s for s in steps if not self.progress.completion(s.code)]
        return next((s for s in steps if self.progress.opened(s.code)), undone[0] if undone else steps[-1])

    def action_of(self, step: str) -> Action:
        return self.procedure.steps[step][0]

    def newest(self, kind: type[PublicFact]) -> Fact | None:
        """The newest fact of this event."""
        found = [f for f in self.facts.values() if f.name == kind.name()]
        return max(found, key=lambda f: f.version, default=None)

    # -- what may be done

    def open_for(
        self, step: str, caller: Caller | None, at: datetime, now: datetime, part: str | None = None
    ) -> OpenStep:
        """The open step, when this caller may do it at this legal instant; else a refusal that says why.

        `caller` None is the system. `part` None with missing parts asks for no particular one.
        """
        found = self.progress.opened(step)
        action, said = self.procedure.steps[step]
        if caller is not None:
            caller.must(said.role, provider=self.registered.provider)
        if self.progress.ended:
            raise refusals.CaseEnded(outcome=self.progress.ended.outcome, ended_at=self.local(self.progress.ended.at))
        if found is None or (part and found.missing and part not in found.missing):
            raise self._not_open(step, action)
        self.check_instant(at, now, step)
        return found

    def check_instant(self, at: datetime, now: datetime, step: str) -> None:
        """Legal time is never later than now, never before what the step rests on nor, while it is open, before its
        term begins."""
        if at > now:
            raise refusals.InTheFuture(stated=self.local(at), now=self.local(now))
        action, said = self.procedure.steps[step]
        opened = self.progress.opened(step)
        grounds = [done.at for a in said.after if (done := self.progress.completion(a.step))]
        grounds += [opened.since] if opened and opened.since else []
        self.must_follow(max(grounds, default=at), at, action)

    def must_follow(self, ground: datetime, at: datetime, action: Action) -> None:
        """A case's own facts never go back in legal time. Raises BeforeItsGround."""
        if at < ground:
            raise refusals.BeforeItsGround(stated=self.local(at), ground=self.local(ground), paragraph=action.paragraph)

    def _not_open(self, step: str, action: Action) -> Exception:
        if self.progress.completion(step):
            return refusals.AlreadyDone(step=step, paragraph=action.paragraph)
        expected = ", ".join(o.step.code for o in self.progress.open)
        awaited = ", ".join(str(a) for a in self.procedure.steps[step][1].after if not self.progress.completion(a.step))
        return refusals.StepNotOpenYet(step=step, awaited=awaited, expected=expected, paragraph=action.paragraph)

    # -- what a fact says

    def completes(
        self,
        step: str,
        *,
        outcome: str = "done",
        at: datetime,
        part: str | None = None,
        parts: dict[str, tuple[str, ...]] | None = None,
        pins: Sequence[str] = (),
    ) -> StepDone:
        """The common part of a fact that completes this step, or one part of it, with its deadline as it stands."""
        opened = self.progress.opened(step)
        if opened is None:
            raise self._not_open(step, self.action_of(step))
        deadline = self.deadline(opened, outcome)
        return StepDone(
            step=step,
            action=opened.action.code,
            paragraph=opened.action.paragraph or "",
            outcome=outcome,
            part=part,
            parts=parts or {},
            role=opened.step.role,
            happened_at=at,
            since=opened.since if deadline else None,
            due=deadline.at if deadline else None,
            because=because(deadline) if deadline else (),
            rests_on=tuple(f.id for f in opened.rests_on),
            pins=tuple(pins),
        )

    def undoes(self, step: str, at: datetime) -> StepDone:
        """The common part of a fact that undoes this step. Raises BeforeItsGround."""
        action, said = self.procedure.steps[step]
        if done := self.progress.completion(step):
            self.must_follow(done.at, at, action)
        return StepDone(
            step=step,
            action=action.code,
            paragraph=action.paragraph or "",
            outcome="undone",
            undone=True,
            role=said.role,
            happened_at=at,
        )

    # -- time

    def deadline(self, opened: OpenStep, outcome: str | None = None) -> Due | None:
        """When the action of an open step is due and why; None for one without a term that holds, or whose moment isn't
        known. `outcome`: with which the step is being completed."""
        ending = {opened.step.code: outcome} if outcome else {}
        term = self.term_of(opened.action, ending)
        if term is None or opened.since is None:
            return None
        found = due(opened.since, term, self.calendar, self.progress.pauses)
        if more := self.progress.extended.get(opened.action.code):
            said = Reason(code="extended", params={"at": utc(more.happened_at), "was": utc(more.was_due)})
            return found.model_copy(update={"because": (*found.because[:2], said, *found.because[2:])})
        return found

    def term_of(self, action: Action, ending: Mapping[str, str] = MappingProxyType({})) -> Term | None:
        """The term that the action has now: the one it was extended to, that of an outcome that has come, or its own; one
        for a certain outcome only holds once that has come. `ending`: outcomes of steps that are being completed."""
        other = next((o.term for o in action.other_terms if self._came(o.outcome, ending)), None)
        own = action.term if action.term_for is None or self._came(action.term_for, ending) else None
        more = self.progress.extended.get(action.code)
        return Term.model_validate(more.term) if more and (other or own) else other or own

    def _came(self, awaited: After, ending: Mapping[str, str]) -> bool:
        done = self.progress.completion(awaited.step)
        came = ending.get(awaited.step) or (done.outcome if done else None)
        return came is not None and awaited.outcome in (None, came)

    def local(self, at: datetime) -> str:
        """An instant as those concerned read it: in the act's zone, with its offset."""
        return _civil(at, self.calendar.zone)

    def total_due(self, receipt: datetime) -> Due | None:
        total = self.procedure.total
        if total is None or total.runs_from != Moment(moment="receipt"):
            return None
        return due(receipt, total.term, self.calendar, self.progress.pauses)

    @property
    def total(self) -> tuple[datetime | None, tuple[Because, ...]]:
        """When the service is due and why: as registered, or worked out anew, and said so, where the clock has stood still
        since or the calendar is another one."""
        told = self.registered
        by = next((b.params["version"] for b in told.total_because if b.code == "calendar"), self.calendar.version)
        changed = by != self.calendar.version
        if not (changed or self.progress.pauses) or not (found := self.total_due(told.moments["receipt"])):
            return told.total_due, told.total_because
        if not changed or told.total_due is None:
            return found.at, because(found)
        was = Because(code="recomputed", params={"was": utc(told.total_due), "version": by})
        return found.at, (*because(found), was)


@lru_cache(10_000)
def _civil(at: datetime, zone: ZoneInfo) -> str:
    """A state tells the same instants at several places."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def because(deadline: Due) -> tuple[Because, ...]:
    return tuple(Because(code=r.code, params=r.params) for r in deadline.because)
