"""Who may command in a body, and when a command about a case is possible."""

from datetime import datetime

from shared.identity.roles import Role
from shared.procedure.case import Case
from shared.procedure.refusals import CaseEnded

SEATED = (Role.MEMBER, Role.CHAIR, Role.SECRETARY)


def check(case: Case, kind: str, at: datetime, now: datetime) -> None:
    """The case is open, and the instant not before what the step of this kind rests on. Raises CaseEnded,
    BeforeItsGround. Whether the step may be done now is said when its fact is stated."""
    if ended := case.progress.ended:
        raise CaseEnded(outcome=ended.outcome, ended_at=case.local(ended.at))
    case.check_instant(at, now, case.step_of_kind(kind).code)
