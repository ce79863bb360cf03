"""Who may use a route: each one says it in its signature, and a test fails for one that doesn't.

`caller: Annotated[Caller, Depends(allow(Role.EXECUTOR, Role.HEAD))]` for officials and applicants,
`dependencies=[Depends(anyone)]` for what is public. A WebSocket whose token comes in its first message is
`anyone` to the router and calls `verify` itself.
"""

from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from shared.identity.roles import Role
from shared.identity.tokens import Caller, verify
from shared.web.refusal import Forbidden, Unauthenticated
from shared.web.routes import routes_lacking

_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The token that log-in gave")


class WrongRole(Forbidden):
    """The caller holds none of the roles that this route is for."""

    takes = ("roles",)


async def caller_if_any(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Caller | None:
    """The caller of the bearer token, None without one; raises TokenExpired or TokenInvalid."""
    return None if bearer is None else verify(request.app.state.public_key, bearer.credentials)


class Allowed:
    """A dependency that gives the caller, or refuses with Unauthenticated or WrongRole."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, caller: Annotated[Caller | None, Depends(caller_if_any)]) -> Caller:
        if caller is None:
            raise Unauthenticated
        if not any(caller.holds(role) for role in self.roles):
            raise WrongRole(roles=self.roles)
        return caller


def allow(*roles: Role) -> Allowed:
    """The dependency for a route that is for these roles; provider and body are then checked against the case."""
    return Allowed(*roles)


async def anyone() -> None:
    """The dependency that marks a route as public: log-in, health."""


def routes_without_role(app: FastAPI) -> list[str]:
    """The routes (`POST /path`, `WEBSOCKET /path`) that don't say whom they are for."""
    return routes_lacking(app, lambda call: isinstance(call, Allowed) or call is anyone)
