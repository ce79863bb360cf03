"""The read model of the queues: a row for each open step, or part of it, of every case. No personal data.

The column `due` is the instant after which it is overdue: none for what was once done in time.
"""

from uuid import UUID

from services.notification.cabinet.document import role_name
from services.notification.cabinet.views import SERVICE, Context, about_a_case, prepare
from services.notification.deadline.domain import escalated, once_in_time
from services.notification.deadline.remind import remind_at, reminded
from shared.calendar.calendar import releases
from shared.identity.roles import Role
from shared.kernel.log import Row
from shared.kernel.views import Folded, View
from shared.procedure.case import Case
from shared.procedure.cases import build
from shared.procedure.format import Step
from shared.procedure.kinds import APPLICANT, PARTY_ROLES
from shared.procedure.named import executor_of, experts_of
from shared.procedure.progress import OpenStep

EXAMINE = "examine"
TABLE = """
create table {table}(
  subject text not null,
  step text not null,
  part text not null,
  role text not null,
  provider text not null,
  holder uuid,
  due timestamptz,
  escalated boolean not null,
  reminded boolean not null default false,
  remind_at timestamptz,
  shown jsonb not null,
  primary key (subject, step, part)
);
create index on {table}(provider, role, due);
create index on {table}(due, subject) where not escalated;
create index on {table}(provider, due) where escalated;
create index on {table}(remind_at) where remind_at is not null;
"""


def fold(subject: str, rows: list[Row], context: Context) -> Folded:
    case = build(SERVICE, subject, rows, context.keys, context.editions)
    return [_row(case, o, part) for o in case.progress.open for part in parts_of(case, o)]


def _row(case: Case, opened: OpenStep, part: str) -> dict[str, object]:
    limit = case.deadline(opened)
    role = role_of(opened.step, part, case.registered.channel)
    again = limit and once_in_time(case, opened, limit.at, part or None)
    return {
        "subject": case.subject,
        "step": opened.step.code,
        "part": part,
        "role": role,
        "provider": case.registered.provider,
        "holder": account_of(part) or (executor_of(case) if role == Role.EXECUTOR else None),
        "due": limit.at if limit and not again else None,
        "escalated": bool(limit and escalated(case, opened.action.code, limit.at)),
        "reminded": bool(limit and reminded(case, opened.action.code, limit.at)),
        "remind_at": remind_at(case, opened),
        "shown": {
            "application": case.subject,
            "number": case.registered.number,
            "procedure": {"code": case.registered.procedure, "title": case.procedure.title.by_language},
            "action": opened.action.code,
            "title": opened.action.title.by_language,
            "step": opened.step.code,
            "kind": opened.step.kind,
            "part": part or None,
            "role": role,
            "role_name": role_name(role),
            "provider": case.registered.provider,
            "paragraph": opened.action.paragraph,
            "since": case.local(opened.since) if opened.since and limit else None,
            "due": case.local(limit.at) if limit else None,
        },
    }


def parts_of(case: Case, opened: OpenStep) -> tuple[str, ...]:
    """A row for each: the parts that are missing, the experts who were named, or one for the whole step."""
    if opened.step.kind == EXAMINE and (experts := experts_of(case)):
        return tuple(map(str, experts))
    return opened.missing or ("",)


def role_of(step: Step, part: str, channel: str) -> Role:
    """Whose queue: a party's signature is its role's; what an applicant does on paper the chancellery records; who
    examines the institute's head names first."""
    if part == APPLICANT and channel == "paper":
        return Role.CHANCELLERY
    if step.kind == EXAMINE and not part:
        return Role.INSTITUTE_HEAD
    return PARTY_ROLES.get(part, step.role)


def account_of(part: str) -> UUID | None:
    """The account that alone may do it, where a part names one (a member who signs)."""
    try:
        return UUID(part)
    except ValueError:
        return None


QUEUE = View("queue", TABLE, about_a_case, prepare, fold, fold_version=4, made_with=releases)
