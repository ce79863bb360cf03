"""What is done with accounts: opened, granted roles, given passwords, claimed by applicants, erased."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.intake.account import credentials, find
from services.intake.account.domain import Account
from services.intake.account.refusals import CodeNotAccepted
from services.intake.application.find import application_by_number
from shared.contracts.personal import Personal
from shared.identity.digests import one_time_code, same_code
from shared.identity.number import parse_iin
from shared.identity.passwords import hash_password, verify_password
from shared.identity.roles import Grant
from shared.kernel.work import UnitOfWork
from shared.texts.languages import Language

Number = Annotated[str, AfterValidator(parse_iin), Field(description="IIN or BIN", examples=["900101300017"])]
Password = Annotated[str, Field(min_length=10, max_length=200, examples=["correct horse battery"])]
TEXT = r"^[^\x00]*$"
"""Any text that can be kept."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT, examples=["Асқар Бейсенов"])]
Email = Annotated[
    str,
    Field(
        pattern=r"^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(\.[\w-]+)+$",
        max_length=254,
        examples=["askar@example.kz"],
    ),
]
"""One address: nothing in it that could name a second."""


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OpenAccount(Body):
    """Open the account of an official, or name, grant and give a password to one that there is."""

    number: Number
    name: Name
    language: Language | None = Field(None, description="None: as before; of a new account Kazakh")
    email: Email | None = Field(None, description="Where letters about sittings go")
    password: Password | None = None
    grants: tuple[Grant, ...] = Field((), examples=[[{"role": "executor", "provider": "karaganda-region"}]])


class ClaimAccount(Body):
    """Open the cabinet with the one-time code of a receipt, and choose a password."""

    number: Number
    application: str = Field(max_length=64, examples=["KRG/2019/000001"])
    code: str = Field(max_length=64, examples=["7K3QD-M0XRT-9AB"])
    password: Password


class GiveContact(Body):
    """Where letters to an official go, and the official's language: of letters and of all else that is written here."""

    email: Email
    language: Language


class SetPassword(Body):
    password: Password


async def open_account(work: UnitOfWork, secret: bytes, command: OpenAccount) -> str:
    account = await find.open_for(work, secret, command.number)
    language = command.language or account.language
    account.call(Personal(person=account.account, text=command.name), language)
    for grant in command.grants:
        account.grant(grant)
    if command.email:
        await _give_contact(work, account, GiveContact(email=command.email, language=language))
    if command.password:
        await _set_password(work, account, command.password)
    work.save(account)
    return str(account.account)


async def grant_role(work: UnitOfWork, account: UUID, grant: Grant) -> str:
    found = await find.by_id(work, account)
    found.grant(grant)
    work.save(found)
    return str(account)


async def revoke_role(work: UnitOfWork, account: UUID, grant: Grant) -> str:
    found = await find.by_id(work, account)
    found.revoke(grant)
    work.save(found)
    return str(account)


async def give_contact(work: UnitOfWork, account: UUID, command: GiveContact) -> str:
    found = await find.by_id(work, account)
    await _give_contact(work, found, command)
    work.save(found)
    return str(account)


async def set_password(work: UnitOfWork, account: UUID, command: SetPassword) -> str:
    found = await find.by_id(work, account)
    await _set_password(work, found, command.password)
    work.save(found)
    return str(account)


async def claim_account(work: UnitOfWork, secret: bytes, command: ClaimAccount) -> str:
    """Raises CodeNotAccepted for whatever of the three doesn't fit, and AlreadyClaimed.

    Whoever has a password already gives that one: a receipt's code opens a cabinet, never somebody's account.
    """
    account = await find.by_number(work, secret, command.number)
    application = await application_by_number(work, command.application)
    if account is None or application is None or application not in account.applications:
        raise CodeNotAccepted
    if not same_code(command.code, one_time_code(secret, application)):
        raise CodeNotAccepted
    account.claim(application)
    if account.credential is None:
        await _set_password(work, account, command.password)
    elif not await _knows_password(work, account, command.password):
        raise CodeNotAccepted
    work.save(account)
    return str(account.account)


async def _give_contact(work: UnitOfWork, account: Account, command: GiveContact) -> None:
    await work.facts(str(account.account))
    account.give_contact(Personal(person=account.account, text=command.email), command.language)


async def _knows_password(work: UnitOfWork, account: Account, password: str) -> bool:
    return await verify_password(await credentials.hash_of(work.log.pool, account.credential), password)


async def _set_password(work: UnitOfWork, account: Account, password: str) -> None:
    """The hash is kept first; it counts once the fact names it."""
    hashed = await hash_password(password)
    account.set_password(await credentials.keep(work.log.pool, account.account, hashed, account.credential))
