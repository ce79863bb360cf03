"""The custodian's word on a case's terms over HTTP, the same in every service that may have a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from shared.calendar.term import Term
from shared.contracts.common import CaseFact
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork
from shared.procedure import changing
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.web.access import allow
from shared.web.commands import Accepted
from shared.web.etag import must_be_current
from shared.web.given import Stated, Text
from shared.web.instants import Instant
from shared.web.sent import Sent, SentCommand

ROLES = (Role.HEAD, Role.EXECUTOR, Role.CHANCELLERY, Role.SECRETARY, Role.INSTITUTE_HEAD)
"""Who may by some procedure; its data say which of them."""
Official = Annotated[Caller, Depends(allow(*ROLES))]
Change = Callable[[Case, datetime], CaseFact]


class SuspendCase(Stated):
    """Let no term run until an instant. `reason` is told to the applicant."""

    until: Instant = Field(examples=["2019-12-20T18:30:00+06:00"])
    reason: Text = Field(examples=["A court has to decide first."])


class ResumeCase(Stated):
    reason: Text = Field(examples=["The court has decided."])


class ExtendTerm(Stated):
    """Give an action a longer term, counted from the same moment. `reason` is told to the applicant."""

    action: str = Field(max_length=64, examples=["check"])
    term: Term = Field(examples=[{"working_days": 5}])
    reason: Text = Field(examples=["The project has many parts."])


def changes(prefix: str) -> APIRouter:
    """The router to include in a service that may have custody of cases."""
    router = APIRouter(prefix=f"{prefix}/applications/{{application}}", tags=["terms"])

    @router.post("/suspension", summary="Suspend the case until an instant")
    async def suspend(application: UUID, sent: SentCommand, caller: Official, command: SuspendCase) -> Accepted:
        def change(case: Case, at: datetime) -> CaseFact:
            return changing.suspend(case, caller, command.until, command.reason, at)

        return await _changed(sent, caller, application, command, change)

    @router.post("/resumption", summary="Let a suspended case go on before the instant stated")
    async def resume(application: UUID, sent: SentCommand, caller: Official, command: ResumeCase) -> Accepted:
        def change(case: Case, at: datetime) -> CaseFact:
            return changing.resume(case, caller, command.reason, at)

        return await _changed(sent, caller, application, command, change)

    @router.post("/extensions", summary="Give an open action a longer term")
    async def extend(application: UUID, sent: SentCommand, caller: Official, command: ExtendTerm) -> Accepted:
        def change(case: Case, at: datetime) -> CaseFact:
            return changing.extend(case, caller, command.action, command.term, command.reason, at)

        return await _changed(sent, caller, application, command, change)

    return router


async def _changed(sent: Sent, caller: Caller, application: UUID, command: Stated, change: Change) -> Accepted:
    acting = sent.acting(caller)

    async def act(work: UnitOfWork) -> str:
        case = await case_of(work, application)
        must_be_current(acting.expected, len(case.facts))
        at = command.instant(work)
        acting.writes(work, *ROLES, provider=case.registered.provider)
        work.record(case.subject, change(case, at))
        return case.subject

    return await sent.perform(caller, ROLES, act)
