"""A command over HTTP: who gives it, its answer, and how a route has it performed."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider
from shared.kernel.node import Command, Node
from shared.kernel.work import Who
from shared.web.access import WrongRole
from shared.web.idempotency import IdempotencyKey


class Accepted(BaseModel):
    """The command took effect, now or when it was first sent under its key."""

    id: str = Field(description="What it was about or made", examples=["0f8fad5b-d9cb-469f-a165-70867728950e"])
    after: str = Field(
        description="Token of the last fact written, taken by the cabinet as `?after=`. Empty: nothing was written",
        examples=["intake:0f8fad5b-d9cb-469f-a165-70867728950e@3"],
    )


def who(caller: Caller, *roles: Role, provider: str | None = None, on_behalf: UUID | None = None) -> Who:
    """The caller in the first of these roles that they hold, for the provider where one is named.

    Raises WrongRole, or NotYourProvider for one who holds the role elsewhere.
    """
    held = [(role, grant) for role in roles for grant in caller.grants if grant.role == role]
    if not held:
        raise WrongRole(roles=roles)
    for role, grant in held:
        if provider is None or grant.provider == provider:
            return Who(caller.account, role, grant.provider, on_behalf)
    raise NotYourProvider(role=held[0][0], provider=provider)


def node_of(request: Request) -> Node:
    """The service that this request came to."""
    node: Node = request.app.state.node
    return node


async def perform(request: Request, key: IdempotencyKey, who: Who, command: Command) -> Accepted:
    """Have the service perform a command once under its key; raises what the command refuses with."""
    performed = await node_of(request).perform(command, who, key)
    return Accepted(id=performed.result, after=performed.token)
