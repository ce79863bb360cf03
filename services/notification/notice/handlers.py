"""Telling the applicant: by an official's command, or by itself where the procedure says so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notification.notice.domain import Channel, Notice, notice_id
from shared.contracts.notification import ApplicantNotified
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork
from shared.procedure import refusals
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.facts import Fact
from shared.procedure.format import Step
from shared.procedure.kinds import KINDS
from shared.procedure.named import in_whose_place
from shared.procedure.progress import OpenStep

KIND = "notify"


@dataclass(frozen=True, slots=True)
class TellApplicant:
    """An official tells the applicant the outcome that is next to be told; `at` None: now."""

    application: UUID
    caller: Caller
    channel: Channel
    at: datetime | None = None


async def tell_applicant(work: UnitOfWork, command: TellApplicant) -> str:
    """The id of the notice; of the earlier one when it has been told. Raises AssignedToAnother,
    and what `Case.open_for` refuses with."""
    case = await case_of(work, command.application)
    step = told_by_hand(case)
    command.caller.must(step.role, provider=case.registered.provider)
    if told := told_already(case, step):
        return str(told)
    at = command.at or work.now
    opened = case.open_for(step.code, command.caller, at, work.now)
    place = await in_whose_place(work, command.caller.account, case, step.role, at)
    work.who = replace(work.who, role=step.role, provider=case.registered.provider, on_behalf=place)
    return await send(work, case, opened, command.channel, at)


async def tell_what_goes_out_by_itself(work: UnitOfWork, case: Case) -> None:
    """At the legal instant of this unit of work, but never before what is told."""
    for opened in case.progress.open:
        if opened.step.kind == KIND and opened.step.automatic:
            at = max([work.now, *(f.at for f in opened.rests_on), *([opened.since] if opened.since else [])])
            await send(work, case, opened, "cabinet", at)


async def send(work: UnitOfWork, case: Case, opened: OpenStep, channel: Channel, at: datetime) -> str:
    """Record the notice of what the open step rests on; the template names the step that is told and its outcome."""
    notice = notice_id(case.application, opened.step.code, tuple(f.id for f in opened.rests_on))
    if notice not in told_in(case):
        kind, outcome = what_is_told(case, opened.step)
        work.save(Notice(notice, case.application, opened.step.code, outcome, f"{kind}-{outcome}", channel, at))
    return str(notice)


def what_is_told(case: Case, step: Step) -> tuple[str, str]:
    """Kind and outcome of the step before, of those that end in something to tell."""
    done = [c for a in step.after if (c := case.progress.completion(a.step)) and c.outcome in KINDS[KIND].outcomes]
    return done[0].step.kind, done[0].outcome


def told_by_hand(case: Case) -> Step:
    """The notice that an official gives: the open one, else the next, else the last. Raises NoSuchStep."""
    steps = [s for s in case.steps_of_kind(KIND) if not s.automatic]
    if not steps:
        raise refusals.NoSuchStep(kind=KIND)
    undone = [s for s in steps if not case.progress.completion(s.code)]
    return next((s for s in steps if case.progress.opened(s.code)), undone[0] if undone else steps[-1])


def told_already(case: Case, step: Step) -> UUID | None:
    """The notice by which this step is complete."""
    done = case.progress.completion(step.code)
    return next(iter(_notices(done.facts)), None) if done else None


def told_in(case: Case) -> set[UUID]:
    """Every notice of the case: each is written together with its fact, so that to ask the case is enough."""
    return set(_notices(case.facts.values()))


def _notices(facts: Iterable[Fact]) -> Iterator[UUID]:
    return (f.body.notice for f in facts if isinstance(f.body, ApplicantNotified))
