"""What all routes of the commission share: their prefix, and who may come."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from services.commission.body.domain import Body
from services.commission.commands import SEATED
from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourBody
from shared.web.access import allow

PREFIX = "/api/commission/v1"

OFFICIALS = (Role.EXECUTOR, Role.HEAD, Role.CHANCELLERY)
CONVENERS = (*OFFICIALS, Role.SECRETARY)
"""Who arranges agendas by some procedure; the case's step says which of them."""

Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]
Convener = Annotated[Caller, Depends(allow(*CONVENERS))]
Secretary = Annotated[Caller, Depends(allow(Role.SECRETARY))]
Member = Annotated[Caller, Depends(allow(*SEATED))]
Chancellery = Annotated[Caller, Depends(allow(Role.CHANCELLERY))]
Head = Annotated[Caller, Depends(allow(Role.HEAD))]
Onlooker = Annotated[Caller, Depends(allow(*OFFICIALS, *SEATED, Role.AUDITOR))]


def must_see(caller: Caller, body: Body, *days: date) -> None:
    """The provider's officials, whoever has a seat in the body on one of these days, and the auditor. Raises
    NotYourBody."""
    seated = any(t.account == caller.account and t.on(day) for t in body.tenures for day in days)
    official = any(caller.holds(role, provider=body.provider) for role in OFFICIALS)
    if not (seated or official or caller.holds(Role.AUDITOR)):
        raise NotYourBody(role=Role.MEMBER)
