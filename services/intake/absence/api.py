"""Absences of executors over REST."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.intake.absence.domain import Absences
from services.intake.absence.handlers import RecordAbsence, RecordReturn, record_absence, record_return
from services.intake.rest import PREFIX, Head, Key
from shared.identity.roles import Role
from shared.web.commands import Accepted, node_of, perform, who

router = APIRouter(prefix=f"{PREFIX}/executors/{{executor}}", tags=["executors"])


class AbsenceShown(BaseModel):
    deputy: UUID
    since: date
    until: date


@router.post("/absences", summary="Record that an executor is away, and who acts for them")
async def absence(request: Request, executor: UUID, command: RecordAbsence, caller: Head, key: Key) -> Accepted:
    acting = who(caller, Role.HEAD, provider=command.provider)
    return await perform(request, key, acting, lambda work: record_absence(work, caller, executor, command))


@router.post("/return", summary="Record that an executor is back earlier")
async def back(request: Request, executor: UUID, command: RecordReturn, caller: Head, key: Key) -> Accepted:
    acting = who(caller, Role.HEAD, provider=command.provider)
    return await perform(request, key, acting, lambda work: record_return(work, caller, executor, command))


@router.get("/absences", summary="When this executor is or was away")
async def absences(request: Request, executor: UUID, provider: str, caller: Head) -> list[AbsenceShown]:
    caller.must(Role.HEAD, provider=provider)
    found = await (await node_of(request).work()).find(Absences, Absences.create_id(executor, provider))
    return [AbsenceShown(**a._asdict()) for a in (found.away if found else [])]
