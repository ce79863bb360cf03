"""An official's work over HTTP: what is open for one role, overdue first."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AwareDatetime, BaseModel, Field
from pydantic_core import from_json

from services.notification.cabinet.after import Awaits
from services.notification.cabinet.render import Renderer
from services.notification.deadline.rules import rules
from services.notification.queues.deputies import absent
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.log import Log, Row
from shared.texts.languages import choose_locale
from shared.web.access import WrongRole, allow
from shared.web.commands import node_of
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor

router = APIRouter(prefix="/api/notification/v1", tags=["queues"])
WORKERS = (
    Role.CHANCELLERY,
    Role.HEAD,
    Role.EXECUTOR,
    Role.SECRETARY,
    Role.MEMBER,
    Role.CHAIR,
    Role.FINANCIAL_AGENCY,
    Role.INSTITUTE_HEAD,
    Role.INSTITUTE_EXPERT,
)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# By due instant, so what is overdue comes first whatever the hour; what has no term, or was once done in time, comes
# last. What was escalated is also in the queue of the role that was told, whoever is to do it.
QUEUE = (
    "select subject, step, part, coalesce(due, $5) as due, escalated, reminded, shown from views.queue"
    " where provider = any($2::text[])"
    " and ((role = $1 and (holder is null or holder = any($3::uuid[]))) or (escalated and $1 = $10))"
    " and ($4::timestamptz is null or (coalesce(due, $5), subject, step, part) > ($4, $6, $7, $8))"
    " order by coalesce(due, $5), subject, step, part limit $9"
)
After = tuple[AwareDatetime, str, str, str]


class Procedure(BaseModel):
    code: str
    title: str


class Work(BaseModel):
    """One open step of one application, or one part of it."""

    application: UUID
    number: str = Field(examples=["KRG/2019/000001"])
    procedure: Procedure
    action: str
    title: str = Field(description="What the action is called")
    step: str
    kind: str
    part: str | None = Field(description="The party or member whose turn it is")
    role: str
    role_name: str
    provider: str
    paragraph: str | None
    since: AwareDatetime | None
    due: AwareDatetime | None
    overdue: bool = Field(description="By legal time at the moment of reading; never of what was once done in time")
    escalated: bool
    reminded: bool = Field(description="A long term ends soon, and a reminder was given")


@router.get("/queues/{role}", summary="My open work in a role, overdue first", dependencies=[Depends(Awaits("queue"))])
async def read_queue(
    request: Request,
    response: Response,
    role: Role,
    caller: Annotated[Caller, Depends(allow(*WORKERS))],
    accept_language: Annotated[str | None, Header()] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[Work]:
    """The role that overdue work is escalated to also sees that, whoever is to do it."""
    if not caller.holds(role):
        raise WrongRole(roles=(role,))
    node, language = node_of(request), choose_locale(accept_language)
    response.headers["Content-Language"] = language
    now, renderer = await node.clock.now(), Renderer(language, ZoneInfo("UTC"))
    rows = await _rows(node.log, caller, role, now, _after(cursor), limit + 1)
    items = [_work(row, renderer, now) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    place = encode_cursor(last["due"], last["subject"], last["step"], last["part"]) if last else None
    return Page(items=items, next=place)


async def _rows(log: Log, caller: Caller, role: Role, now: datetime, after: After | None, limit: int) -> list[Row]:
    providers = [g.provider for g in caller.grants if g.role == role and g.provider]
    holders = [caller.account, *await absent(log, caller.account, now)]
    due, *rest = after or (None, "", "", "")
    return await log.pool.fetch(QUEUE, role, providers, holders, due, NEVER, *rest, limit, rules().to)


def _after(cursor: str | None) -> After | None:
    return decode_cursor(cursor, tuple[AwareDatetime, str, str, str]) if cursor else None


def _work(row: Row, renderer: Renderer, now: datetime) -> Work:
    told: dict[str, Any] = renderer.render(from_json(row["shown"]))
    return Work.model_validate(
        {**told, "overdue": row["due"] < now, "escalated": row["escalated"], "reminded": row["reminded"]}
    )
