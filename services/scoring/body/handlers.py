"""State bodies are registered by the operator or the evaluating authority."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.scoring.body.domain import BodyKind, StateBody
from services.scoring.refusals import UnknownBody
from shared.identity.number import parse_bin
from shared.kernel.work import UnitOfWork
from shared.procedure.basics import Names
from shared.web.given import Command

Bin = Annotated[str, AfterValidator(parse_bin), Field(examples=["990140000384"])]


class RegisterBody(Command):
    bin: Bin
    name: Names
    kind: BodyKind


async def register_body(work: UnitOfWork, command: RegisterBody) -> str:
    """Registered before: its name and kind are brought up to date."""
    body_id = StateBody.id_of(command.bin)
    body = await work.find(StateBody, StateBody.create_id(body_id))
    if body is None:
        body = StateBody(body_id, command.bin, command.name, command.kind, work.now)
    else:
        body.rename(command.name, command.kind, work.now)
    work.save(body)
    return str(body_id)


async def body_of(work: UnitOfWork, body: UUID) -> StateBody:
    """Raises UnknownBody."""
    found = await work.find(StateBody, StateBody.create_id(body))
    if found is None:
        raise UnknownBody
    return found
