"""Who may look at an application: its applicant, officials of its provider, who sits over it or examines it, the auditor."""

from uuid import UUID

from shared.contracts.commission import ApplicationScheduled, SittingScheduled
from shared.contracts.intake import MaterialsSent
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.kernel.log import Log
from shared.procedure.case import Case
from shared.procedure.named import experts_of
from shared.procedure.refusals import UnknownApplication

OFFICIALS = (Role.CHANCELLERY, Role.EXECUTOR, Role.HEAD, Role.SECRETARY)
IN_BODY = (Role.MEMBER, Role.CHAIR)
AT_INSTITUTE = (Role.INSTITUTE_HEAD, Role.INSTITUTE_EXPERT)
READERS = (Role.APPLICANT, *OFFICIALS, *IN_BODY, *AT_INSTITUTE, Role.AUDITOR)


def is_own(case: Case, caller: Caller) -> bool:
    return caller.account == case.registered.applicant.account


async def must_see(log: Log, case: Case, caller: Caller) -> None:
    """Raises NotYourProvider for an official of another provider, UnknownApplication for anybody else."""
    provider = case.registered.provider
    if is_own(case, caller) or caller.holds(Role.AUDITOR):
        return
    if any(caller.holds(role, provider=provider) for role in OFFICIALS):
        return
    if any(caller.holds(role) for role in IN_BODY) and caller.account in await _called(log, case):
        return
    if _examines(case, caller):
        return
    if role := next((role for role in OFFICIALS if caller.holds(role)), None):
        raise NotYourProvider(role=role, provider=provider)
    raise UnknownApplication


def _examines(case: Case, caller: Caller) -> bool:
    """The institute's head from when the materials were sent, and the experts that are named."""
    provider = case.registered.provider
    if caller.holds(Role.INSTITUTE_HEAD, provider=provider) and case.newest(MaterialsSent):
        return True
    return caller.account in experts_of(case) and caller.holds(Role.INSTITUTE_EXPERT, provider=provider)


def providers_of(caller: Caller) -> list[str] | None:
    """Whose applications the caller may list; None: all."""
    if caller.holds(Role.AUDITOR) or caller.holds(Role.OPERATOR):
        return None
    return sorted({g.provider for g in caller.grants if g.role in OFFICIALS and g.provider})


async def _called(log: Log, case: Case) -> set[UUID]:
    """The members called to the sittings whose agenda the application is or was on."""
    sittings = {str(f.body.sitting) for f in case.facts.values() if isinstance(f.body, ApplicationScheduled)}
    rows = [r for r in await log.subjects(sittings) if r.type == SittingScheduled.name()]
    return {member for r in rows for member in SittingScheduled.model_validate_json(r.data).members}
