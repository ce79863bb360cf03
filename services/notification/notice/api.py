"""The notice that an official gives, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.notification.notice.domain import Channel
from services.notification.notice.handlers import TellApplicant, tell_applicant
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.web.access import allow
from shared.web.commands import Accepted, perform, who
from shared.web.idempotency import IdempotencyKey, idempotency_key
from shared.web.instants import Instant

router = APIRouter(prefix="/api/notification/v1", tags=["notices"])
TELLERS = (Role.CHANCELLERY, Role.EXECUTOR, Role.HEAD, Role.SECRETARY)
"""Who tells by some procedure; the step of the case says which of them."""


class NoticeGiven(BaseModel):
    """How the applicant was told; what is said follows from the facts of the case."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"channel": "paper"}]})

    channel: Channel = Field(description="`paper`: handed over or posted; `cabinet`: shown there only")
    at: Instant | None = Field(default=None, description="Legal time of the telling; default now")

    def stated(self) -> datetime | None:
        return self.at.astimezone(UTC) if self.at else None


@router.post("/applications/{application}/notices", status_code=201, summary="Tell the applicant the outcome")
async def give_notice(
    request: Request,
    application: UUID,
    given: NoticeGiven,
    caller: Annotated[Caller, Depends(allow(*TELLERS))],
    key: Annotated[IdempotencyKey, Depends(idempotency_key)],
) -> Accepted:
    command = TellApplicant(application, caller, given.channel, given.stated())
    return await perform(request, key, who(caller, *TELLERS), lambda work: tell_applicant(work, command))
