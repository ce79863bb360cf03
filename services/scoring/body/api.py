"""State bodies over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.scoring.body.handlers import RegisterBody, register_body
from services.scoring.body.views import BodyShown, listed
from services.scoring.routes import PREFIX, REPORTING, bodies_of
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.web.access import allow
from shared.web.commands import Accepted, node_of
from shared.web.sent import SentCommand

REGISTERING = (Role.EVALUATOR, Role.OPERATOR)
Registering = Annotated[Caller, Depends(allow(*REGISTERING))]
Onlooker = Annotated[Caller, Depends(allow(*REPORTING, Role.AUDITOR, Role.OPERATOR))]

router = APIRouter(prefix=f"{PREFIX}/bodies", tags=["bodies"])


@router.post("", status_code=201, summary="Register a state body, or bring its name up to date")
async def register(sent: SentCommand, caller: Registering, command: RegisterBody) -> Accepted:
    return await sent.perform(caller, REGISTERING, lambda work: register_body(work, command))


@router.get("", summary="State bodies: all, or those that the caller is or reports to")
async def bodies(request: Request, caller: Onlooker) -> list[BodyShown]:
    everything = caller.holds(Role.OPERATOR)
    return await listed(node_of(request).log.pool, None if everything else bodies_of(caller))
