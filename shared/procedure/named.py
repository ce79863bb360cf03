"""Whom the facts of a case name, as far as this service knows: the executor and the experts.

A step of the executor's is done by whoever the head named last, by their deputy while they are away, by any executor of the
provider where nobody is named. What another role carries isn't held to the named one.
"""

from datetime import datetime
from uuid import UUID

from shared.contracts.expertise import ExpertsNamed
from shared.contracts.intake import AbsencesRecorded, ExecutorAssigned
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.refusals import AssignedToAnother


def executor_of(case: Case) -> UUID | None:
    """Whom the head named last."""
    named = case.newest(ExecutorAssigned)
    return named.body.executor if named and isinstance(named.body, ExecutorAssigned) else None


def experts_of(case: Case) -> tuple[UUID, ...]:
    """Who examines at the institute, as they are now."""
    named = case.newest(ExpertsNamed)
    return named.body.experts if named and isinstance(named.body, ExpertsNamed) else ()


async def may_act(work: UnitOfWork, account: UUID, case: Case, role: Role, at: datetime) -> bool:
    """Whether a step of this role is the account's to do at that instant, as far as the head named somebody."""
    named = _held_to(case, role)
    return named in (None, account) or account in await _deputies(work, named, case, at)


async def in_whose_place(work: UnitOfWork, account: UUID, case: Case, role: Role, at: datetime) -> UUID | None:
    """The executor on whose behalf the account acts at that instant; none when it acts for itself. Raises
    AssignedToAnother."""
    if not await may_act(work, account, case, role, at):
        raise AssignedToAnother
    named = _held_to(case, role)
    return None if named == account else named


def _held_to(case: Case, role: Role) -> UUID | None:
    return executor_of(case) if role == Role.EXECUTOR else None


async def _deputies(work: UnitOfWork, executor: UUID | None, case: Case, at: datetime) -> set[UUID]:
    """Who acts for the executor on the day of that instant, where the provider is."""
    day = at.astimezone(case.calendar.zone).date()
    rows = [r for r in await work.facts(str(executor)) if r.type == AbsencesRecorded.name()]
    said = [work.read(AbsencesRecorded, r) for r in sorted(rows, key=lambda r: r.version)]
    ours = [s for s in said if s.provider == case.registered.provider]
    return {away.deputy for away in (ours[-1].absences if ours else ()) if away.since <= day < away.until}
