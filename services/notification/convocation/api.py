"""A member's letters about sittings, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.notification.cabinet.after import Awaits
from services.notification.convocation.views import own
from services.notification.convocation.words import words
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.follow import Waiting
from shared.kernel.log import Row
from shared.kernel.work import UnitOfWork
from shared.procedure.refusals import UnknownApplication
from shared.texts.languages import Language, choose_locale
from shared.web.access import allow
from shared.web.commands import node_of
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.web.sent import reading

router = APIRouter(prefix="/api/notification/v1", tags=["letters"])


class LetterShown(BaseModel):
    """What a member was told about a sitting; `at`: legal time from which."""

    id: UUID
    at: AwareDatetime
    sitting: UUID
    starts_at: AwareDatetime
    place: str
    template: str = Field(examples=["convocation-reminder"])
    title: str
    text: str


@router.get("/letters", summary="My letters about sittings, newest first", dependencies=[Depends(Awaits("letters"))])
async def list_letters(
    request: Request,
    response: Response,
    caller: Annotated[Caller, Depends(allow(Role.MEMBER, Role.CHAIR, Role.SECRETARY))],
    accept_language: Annotated[str | None, Header()] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[LetterShown]:
    after = decode_cursor(cursor, tuple[datetime, UUID]) if cursor else None
    node, language = node_of(request), choose_locale(accept_language)
    response.headers["Content-Language"] = language
    rows = await own(node.log.pool, caller.account, await node.clock.now(), after, limit + 1)
    work, page = await reading(request, caller), rows[:limit]
    items = [shown for row in page if (shown := await _shown(work, row, language))]
    last = page[-1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last["goes_at"], last["id"]) if last else None)


async def _shown(work: UnitOfWork, row: Row, language: Language) -> LetterShown | None:
    """None while the application hasn't come whose procedure gives the words."""
    try:
        said = await words(work, row, language)
    except (UnknownApplication, Waiting):
        return None
    return LetterShown(
        id=row["id"],
        at=row["goes_at"],
        sitting=UUID(row.subject),
        starts_at=row["starts_at"],
        place=row["place"],
        template=row["template"],
        title=said["title"],
        text=said["text"],
    )
