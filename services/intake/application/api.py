"""Commands on applications over REST."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.intake.account.login import secret_of
from services.intake.application import asking, handlers
from services.intake.application.commands import (
    Admit,
    AskForCorrections,
    AskToWithdraw,
    CorrectPackage,
    CorrectRegistration,
    NameExecutor,
    Refuse,
    RegisterApplication,
    SendMaterials,
)
from services.intake.application.register import register_application
from services.intake.rest import PREFIX, Chancellery, Key, Official
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork, Who
from shared.procedure.case import Case
from shared.web.access import allow
from shared.web.commands import Accepted, perform
from shared.web.etag import ExpectedVersion

Asking = Annotated[Caller, Depends(allow(Role.APPLICANT, Role.CHANCELLERY))]
C = TypeVar("C")
Handler = Callable[[UnitOfWork, Caller, Case, C], Awaitable[str]]

router = APIRouter(prefix=f"{PREFIX}/applications", tags=["applications"])


@router.post("", status_code=201, summary="Receive and register a package")
async def register(request: Request, command: RegisterApplication, caller: Official, key: Key) -> Accepted:
    secret = secret_of(request)
    return await perform(
        request, key, _as(caller, Role.CHANCELLERY), lambda work: register_application(work, secret, caller, command)
    )


@router.post("/{application}/corrections", summary="Put a clerk's slip right")
async def correct(
    request: Request,
    application: UUID,
    command: CorrectRegistration,
    caller: Chancellery,
    key: Key,
    expected: ExpectedVersion,
) -> Accepted:
    act = _on(handlers.correct_registration, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.CHANCELLERY), act)


@router.post(
    "/{application}/correction-requests", summary="Ask the applicant to put documents right; terms stand still"
)
async def ask_for_corrections(
    request: Request,
    application: UUID,
    command: AskForCorrections,
    caller: Official,
    key: Key,
    expected: ExpectedVersion,
) -> Accepted:
    act = _on(asking.ask_for_corrections, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.EXECUTOR), act)


@router.post("/{application}/corrected-documents", summary="The applicant's answer: documents put right")
async def correct_package(
    request: Request, application: UUID, command: CorrectPackage, caller: Asking, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(asking.correct_package, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.APPLICANT), act)


@router.post("/{application}/executor", summary="Name the executor, or another one")
async def name_executor(
    request: Request, application: UUID, command: NameExecutor, caller: Official, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(handlers.name_executor, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.HEAD), act)


@router.post("/{application}/admission", summary="Admit: the documents were checked")
async def admit(
    request: Request, application: UUID, command: Admit, caller: Official, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(handlers.admit, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.EXECUTOR), act)


@router.post("/{application}/refusal", summary="Refuse on a ground of the procedure")
async def refuse(
    request: Request, application: UUID, command: Refuse, caller: Official, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(handlers.refuse, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.EXECUTOR), act)


@router.post("/{application}/materials", summary="Send the materials to the national institute")
async def send_materials(
    request: Request, application: UUID, command: SendMaterials, caller: Official, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(handlers.send_materials, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.EXECUTOR), act)


@router.post("/{application}/withdrawal", summary="Ask to withdraw; the custodian answers")
async def ask_to_withdraw(
    request: Request, application: UUID, command: AskToWithdraw, caller: Asking, key: Key, expected: ExpectedVersion
) -> Accepted:
    act = _on(handlers.ask_to_withdraw, caller, application, command, expected)
    return await perform(request, key, _as(caller, Role.APPLICANT), act)


def _as(caller: Caller, role: Role) -> Who:
    """Until the case says in which role and for which provider."""
    return Who(caller.account, role)


def _on(
    handler: Handler[C], caller: Caller, application: UUID, command: C, expected: int | None
) -> Callable[[UnitOfWork], Awaitable[str]]:
    async def act(work: UnitOfWork) -> str:
        return await handler(work, caller, await handlers.the_case(work, application, expected), command)

    return act
