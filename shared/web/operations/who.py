"""Who may use the routes of those who run a service."""

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.web.access import allow
from shared.web.idempotency import idempotency_key

Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]
Reader = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.AUDITOR))]
Auditor = Annotated[Caller, Depends(allow(Role.AUDITOR))]
KEYED = [Depends(idempotency_key)]
"""Doing any of these again does no harm, so nothing is remembered."""


class Done(BaseModel):
    """It was done; there is nothing more to say."""

    id: str
