"""What all routes of the commission share: their prefix, who may come, and how a command or a reading is done."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.commission.body.domain import Body
from services.commission.commands import SEATED, Acting
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourBody
from shared.kernel import openings
from shared.kernel.node import Command
from shared.kernel.work import UnitOfWork
from shared.web.access import allow
from shared.web.commands import Accepted, node_of, perform, who
from shared.web.etag import expected_version
from shared.web.idempotency import IdempotencyKey, idempotency_key

PREFIX = "/api/commission/v1"

OFFICIALS = (Role.EXECUTOR, Role.HEAD, Role.CHANCELLERY)

Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]
Executor = Annotated[Caller, Depends(allow(Role.EXECUTOR))]
Secretary = Annotated[Caller, Depends(allow(Role.SECRETARY))]
Member = Annotated[Caller, Depends(allow(*SEATED))]
Chancellery = Annotated[Caller, Depends(allow(Role.CHANCELLERY))]
Head = Annotated[Caller, Depends(allow(Role.HEAD))]
Onlooker = Annotated[Caller, Depends(allow(*OFFICIALS, *SEATED, Role.AUDITOR))]


class Sent:
    """A command as it came: the request, its key, and the version that it was decided on."""

    def __init__(
        self,
        request: Request,
        key: Annotated[IdempotencyKey, Depends(idempotency_key)],
        expected: Annotated[int | None, Depends(expected_version)],
    ) -> None:
        self.request, self.key, self.expected = request, key, expected

    def acting(self, caller: Caller) -> Acting:
        return Acting(caller, self.expected)

    async def perform(self, caller: Caller, roles: Iterable[Role], command: Command) -> Accepted:
        return await perform(self.request, self.key, who(caller, *roles), command)


SentCommand = Annotated[Sent, Depends(Sent)]


async def reading(request: Request, caller: Caller) -> UnitOfWork:
    """A unit of work that only reads."""
    role = caller.grants[0].role if caller.grants else Role.SYSTEM
    return await node_of(request).work(who(caller, role))


def must_see(caller: Caller, body: Body, *days: date) -> None:
    """The provider's officials, whoever has a seat in the body on one of these days, and the auditor. Raises
    NotYourBody."""
    seated = any(t.account == caller.account and t.on(day) for t in body.tenures for day in days)
    official = any(caller.holds(role, provider=body.provider) for role in OFFICIALS)
    if not (seated or official or caller.holds(Role.AUDITOR)):
        raise NotYourBody(role=Role.MEMBER)


async def note_opening(request: Request, caller: Caller, applications: Iterable[UUID]) -> None:
    """Record that an official opened what is said about these applications."""
    await openings.record(node_of(request).log.pool, caller.account, applications, request.scope["route"].path)
