"""Bodies are formed, and their seats given and ended, by the operator."""

from datetime import date
from uuid import UUID, uuid4

from pydantic import Field

from services.commission.body.domain import Body, Seat
from services.commission.body.refusals import UnknownPerson
from services.commission.sitting.domain import Sitting
from shared.contracts.personal import NoKeys, Personal
from shared.kernel.work import UnitOfWork
from shared.procedure.format import Code
from shared.web.given import Acting, Command, Text


class FormBody(Command):
    kind: Code = Field(examples=["competition-commission"])
    provider: Code = Field(examples=["karaganda-region"])


class Appoint(Command):
    account: UUID
    seat: Seat
    since: date = Field(description="First day in the seat", examples=["2019-11-01"])
    name: Text | None = Field(None, description="As it is to be read beside the protocol", examples=["А. Сериков"])


class Relieve(Command):
    account: UUID
    seat: Seat
    until: date = Field(description="First day without the seat", examples=["2020-01-01"])


async def form_body(work: UnitOfWork, command: FormBody) -> str:
    body = Body(uuid4(), command.kind, command.provider)
    work.save(body)
    return str(body.body)


async def appoint(work: UnitOfWork, acting: Acting, body_id: UUID, command: Appoint) -> str:
    """Give a seat; who joins a body is convened at once to the sittings that are still to come."""
    body = await _body(work, acting, body_id)
    await _must_exist(work, command.account)
    name = Personal(person=command.account, text=command.name) if command.name else None
    body.appoint(command.account, command.seat, command.since, name)
    for sitting in body.sittings_from(command.since):
        await _convene_to(work, body, sitting, command.account)
    work.save(body)
    return str(body.body)


async def relieve(work: UnitOfWork, acting: Acting, body_id: UUID, command: Relieve) -> str:
    body = await _body(work, acting, body_id)
    body.relieve(command.account, command.seat, command.until)
    work.save(body)
    return str(body.body)


async def _body(work: UnitOfWork, acting: Acting, body_id: UUID) -> Body:
    body = await work.load(Body, Body.create_id(body_id))
    acting.must_know(body)
    return body


async def _must_exist(work: UnitOfWork, account: UUID) -> None:
    """Who has an account has a key. Raises UnknownPerson."""
    await work.learn_persons([account])
    try:
        work.keys.seal(account, "")
    except NoKeys:
        raise UnknownPerson from None


async def _convene_to(work: UnitOfWork, body: Body, sitting_id: UUID, account: UUID) -> None:
    sitting = await work.load(Sitting, Sitting.create_id(sitting_id))
    if account in body.on(sitting.terms.day(sitting.starts_at)).members:
        await work.facts(str(sitting_id))
        sitting.welcome(account)
        work.save(sitting)
