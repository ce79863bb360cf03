"""The common part of a fact that completes a step, or states it anew with its deadline as it stood."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.contracts.common import StepDone
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.facts import Fact


def case_in(work: UnitOfWork, application: UUID) -> Case:
    """The case that the handler has read in this unit of work."""
    case: Case = work.seen[str(application)]
    return case


def stated(
    case: Case,
    kind: str,
    *,
    at: datetime,
    outcome: str = "done",
    part: str | None = None,
    parts: dict[str, tuple[str, ...]] | None = None,
    pins: Sequence[str] = (),
) -> StepDone:
    """Completes the step of this kind, or this part of it. Where it is complete already the same is said again, at the
    same place in time, resting on what counts now. Raises StepNotOpenYet, BeforeItsGround."""
    step = case.step_of_kind(kind).code
    before = _before(case, step, part)
    opened = case.progress.opened(step)
    if before is None or before.step is None or (opened and (part is None or part in opened.missing)):
        return case.completes(step, outcome=outcome, at=at, part=part, parts=parts, pins=pins)
    case.must_follow(before.at, at, case.action_of(step))
    return before.step.model_copy(
        update={"outcome": outcome, "happened_at": at, "rests_on": _grounds(case, step), "pins": tuple(pins)}
    )


def undone(case: Case, kind: str, at: datetime) -> StepDone:
    """Undoes the step of this kind."""
    return case.undoes(case.step_of_kind(kind).code, at)


def _before(case: Case, step: str, part: str | None) -> Fact | None:
    """The fact by which the step, or this part of it, was completed and still is."""
    counting = [f for f in case.progress.counting if f.step and f.step.step == step and f.step.part == part]
    return next((f for f in counting if f.step and not f.step.undone), None)


def _grounds(case: Case, step: str) -> tuple[UUID, ...]:
    completions = [case.progress.completion(a.step) for a in case.procedure.steps[step][1].after]
    return tuple(f.id for done in completions if done for f in done.facts)
