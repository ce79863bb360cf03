"""What all routes of intake share: where they are, and who may call them."""

from typing import Annotated

from fastapi import Depends

from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.web.access import allow
from shared.web.idempotency import IdempotencyKey, idempotency_key

PREFIX = "/api/intake/v1"

Chancellery = Annotated[Caller, Depends(allow(Role.CHANCELLERY))]
Head = Annotated[Caller, Depends(allow(Role.HEAD))]
Official = Annotated[Caller, Depends(allow(Role.CHANCELLERY, Role.EXECUTOR, Role.HEAD, Role.SECRETARY))]
"""Whoever acts in a case; the procedure's step says in which role."""
Operator = Annotated[Caller, Depends(allow(Role.OPERATOR))]
Key = Annotated[IdempotencyKey, Depends(idempotency_key)]
