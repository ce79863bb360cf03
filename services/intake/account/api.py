"""Accounts over REST: log-in, one's own account, the operator's work."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.intake.account import erasure, find, handlers
from services.intake.account.domain import Account
from services.intake.account.handlers import ClaimAccount, GiveContact, OpenAccount, SetPassword
from services.intake.account.login import LogIn, Session, desk_of, secret_of
from services.intake.rest import PREFIX, Key, Operator
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller
from shared.kernel import openings
from shared.kernel.work import Who
from shared.texts.languages import Language
from shared.web.access import allow, anyone
from shared.web.commands import Accepted, node_of, perform, who
from shared.web.idempotency import no_key_needed
from shared.web.overload import Turns

Anybody = Annotated[Caller, Depends(allow(*Role))]
LOGGING_IN = Depends(Turns(16))
"""Hashing takes tens of milliseconds of a core: beyond this, log-ins would take the places of everything else."""

router = APIRouter(prefix=PREFIX, tags=["accounts"])


class AccountShown(BaseModel):
    """An account; `name` is none for one that was erased or never named. `email`: where letters to an official go.
    `claimed`: the cabinet was opened."""

    account: UUID
    name: str | None
    language: Language
    email: str | None
    grants: tuple[Grant, ...]
    claimed: bool
    erased: bool


@router.post("/sessions", summary="Log in", dependencies=[Depends(anyone), Depends(no_key_needed), LOGGING_IN])
async def log_in(request: Request, command: LogIn) -> Session:
    return await desk_of(request).log_in(await node_of(request).work(), command)


@router.post(
    "/accounts/claims", summary="Open the cabinet with a receipt's code", dependencies=[Depends(anyone), LOGGING_IN]
)
async def claim(request: Request, command: ClaimAccount, key: Key) -> Accepted:
    desk = desk_of(request)
    name = f"claim:{find.holder_of(desk.secret, command.number)}"
    desk.attempts.begin(name)
    accepted = await perform(
        request, key, Who(None, Role.APPLICANT), lambda work: handlers.claim_account(work, desk.secret, command)
    )
    desk.attempts.succeeded(name)
    return accepted


@router.get("/accounts/me", summary="The caller's own account")
async def me(request: Request, caller: Anybody) -> AccountShown:
    return _shown(await find.by_id(await node_of(request).work(), caller.account))


@router.post("/accounts/me/contact", summary="Say where letters to oneself go")
async def give_my_contact(request: Request, command: GiveContact, caller: Anybody, key: Key) -> Accepted:
    return await perform(
        request, key, who(caller, *Role), lambda work: handlers.give_contact(work, caller.account, command)
    )


@router.post("/accounts", status_code=201, summary="Open an account, or add to one")
async def open_account(request: Request, command: OpenAccount, caller: Operator, key: Key) -> Accepted:
    secret = secret_of(request)
    return await perform(
        request, key, who(caller, Role.OPERATOR), lambda work: handlers.open_account(work, secret, command)
    )


@router.get("/accounts/{account}", summary="An account")
async def show(request: Request, account: UUID, caller: Operator) -> AccountShown:
    found = await find.by_id(await node_of(request).work(), account)
    await openings.record(node_of(request).log.pool, caller.account, [account], request.scope["route"].path)
    return _shown(found)


@router.post("/accounts/{account}/grants", summary="Grant a role")
async def grant(request: Request, account: UUID, command: Grant, caller: Operator, key: Key) -> Accepted:
    return await perform(
        request, key, who(caller, Role.OPERATOR), lambda work: handlers.grant_role(work, account, command)
    )


@router.post("/accounts/{account}/revocations", summary="Take a role away; tokens given out run on to their end")
async def revoke(request: Request, account: UUID, command: Grant, caller: Operator, key: Key) -> Accepted:
    return await perform(
        request, key, who(caller, Role.OPERATOR), lambda work: handlers.revoke_role(work, account, command)
    )


@router.post("/accounts/{account}/contact", summary="Say where letters to an official go")
async def give_contact(request: Request, account: UUID, command: GiveContact, caller: Operator, key: Key) -> Accepted:
    return await perform(
        request, key, who(caller, Role.OPERATOR), lambda work: handlers.give_contact(work, account, command)
    )


@router.post("/accounts/{account}/password", summary="Set a new password")
async def set_password(request: Request, account: UUID, command: SetPassword, caller: Operator, key: Key) -> Accepted:
    return await perform(
        request, key, who(caller, Role.OPERATOR), lambda work: handlers.set_password(work, account, command)
    )


@router.post("/persons/{account}/erasure", summary="Erase a person for ever")
async def erase(request: Request, account: UUID, caller: Operator, key: Key) -> Accepted:
    """Interrupted in the middle it is finished by asking again."""
    node, operator = node_of(request), who(caller, Role.OPERATOR)
    await node.perform(lambda work: erasure.close(work, account), operator)
    await erasure.forget(await node.work(operator), account)
    return await perform(request, key, operator, lambda work: erasure.tell(work, account))


def _shown(account: Account) -> AccountShown:
    return AccountShown(
        account=account.account,
        name=account.name.text if account.name else None,
        language=account.language,
        email=account.email.text if account.email else None,
        grants=account.token_grants,
        claimed=account.claimed,
        erased=account.erased,
    )
