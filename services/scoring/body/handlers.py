"""State bodies are registered by the operator or the evaluating authority."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.scoring.body.domain import BodyKind, StateBody
from services.scoring.refusals import CantBePrinted, UnknownBody
from services.scoring.sheet.facts import Said
from shared.identity.number import parse_bin
from shared.kernel.work import UnitOfWork
from shared.procedure.basics import Names
from shared.web.given import Command

Bin = Annotated[str, AfterValidator(parse_bin), Field(examples=["990140000384"])]
LETTERS = re.compile("[ -~\u00a0-\u017f\u0400-\u052f\u2010-\u2027\u2116]*")
"""Latin and Cyrillic letters, digits and punctuation: what the font of the papers has."""


def printed(name: str) -> str:
    """A body's name is signed and stands on its sheet's papers. Raises CantBePrinted."""
    if not LETTERS.fullmatch(name):
        raise CantBePrinted
    return name


Printed = Annotated[Said, AfterValidator(printed)]


class GivenNames(Command):
    """The official name in the three languages, a line each."""

    kk: Printed
    ru: Printed
    en: Printed


class RegisterBody(Command):
    bin: Bin
    name: GivenNames
    kind: BodyKind


async def register_body(work: UnitOfWork, command: RegisterBody) -> str:
    """Registered before: its name and kind are brought up to date."""
    body_id, name = StateBody.id_of(command.bin), Names(**command.name.model_dump())
    body = await work.find(StateBody, StateBody.create_id(body_id))
    if body is None:
        body = StateBody(body_id, command.bin, name, command.kind, work.now)
    else:
        body.rename(name, command.kind, work.now)
    work.save(body)
    return str(body_id)


async def body_of(work: UnitOfWork, body: UUID) -> StateBody:
    """Raises UnknownBody."""
    found = await work.find(StateBody, StateBody.create_id(body))
    if found is None:
        raise UnknownBody
    return found
