"""The head records who is away and who acts for them; whoever acts so does it on the absent one's behalf."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.intake.absence.domain import Absences, must_be_possible
from services.intake.account.find import by_id
from services.intake.account.handlers import Body
from services.intake.application.refusals import NotAnExecutor
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork
from shared.procedure.format import Code
from shared.web.commands import who


class RecordAbsence(Body):
    provider: Code = Field(examples=["karaganda-region"])
    deputy: UUID = Field(description="Another executor of the same provider")
    since: date = Field(description="First day away", examples=["2019-12-02"])
    until: date = Field(description="First day back", examples=["2019-12-09"])


class RecordReturn(Body):
    provider: Code = Field(examples=["karaganda-region"])
    day: date = Field(description="First day back", examples=["2019-12-05"])


async def record_absence(work: UnitOfWork, caller: Caller, executor: UUID, command: RecordAbsence) -> str:
    """Raises NotYourProvider, NotAnExecutor, and what an absence refuses with."""
    work.who = who(caller, Role.HEAD, provider=command.provider)
    must_be_possible(executor, command.deputy, command.since, command.until)
    for account in (executor, command.deputy):
        await _must_be_executor(work, account, command.provider)
    await work.facts(str(executor))
    absences = await work.find(Absences, Absences.create_id(executor, command.provider))
    if absences is None:
        absences = Absences(executor, command.provider, command.deputy, command.since, command.until)
    else:
        absences.add(command.deputy, command.since, command.until)
    work.save(absences)
    return str(executor)


async def record_return(work: UnitOfWork, caller: Caller, executor: UUID, command: RecordReturn) -> str:
    work.who = who(caller, Role.HEAD, provider=command.provider)
    await work.facts(str(executor))
    absences = await work.load(Absences, Absences.create_id(executor, command.provider))
    absences.come_back(command.day)
    work.save(absences)
    return str(executor)


async def _must_be_executor(work: UnitOfWork, account: UUID, provider: str) -> None:
    official = await by_id(work, account)
    if not any((g.role, g.provider) == (Role.EXECUTOR, provider) for g in official.grants):
        raise NotAnExecutor
