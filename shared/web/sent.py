"""Commands and readings of officials over HTTP, as every service takes them."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel import openings
from shared.kernel.node import Command
from shared.kernel.work import UnitOfWork
from shared.web.commands import Accepted, node_of, perform, who
from shared.web.etag import expected_version
from shared.web.given import Acting
from shared.web.idempotency import IdempotencyKey, idempotency_key


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


async def note_opening(request: Request, caller: Caller, applications: Iterable[UUID]) -> None:
    """Record that an official opened what is said about these applications."""
    await openings.record(node_of(request).log.pool, caller.account, applications, request.scope["route"].path)
