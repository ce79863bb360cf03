"""The Idempotency-Key of a command: what it is remembered under and what body came with it."""

import asyncio
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, FastAPI, Header
from starlette.requests import Request

from shared.identity.digests import keyed_digest
from shared.identity.tokens import Caller
from shared.web.access import caller_if_any
from shared.web.refusal import KeyNeeded
from shared.web.routes import routes_lacking

_LONG = 100_000
_COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class IdempotencyKey:
    """One command of one caller. Same scope and key with another `body_digest` is a misuse (KeyReused)."""

    scope: str
    """Account (`-` for nobody), method and path: a key of one account or route says nothing about another."""
    key: str
    """Keyed digest: callers make keys of people's numbers too."""
    body_digest: str
    """Keyed, so that a stored row tells nothing about the body."""


async def idempotency_key(
    request: Request,
    caller: Annotated[Caller | None, Depends(caller_if_any)],
    idempotency_key: Annotated[
        str | None, Header(description="Required. A new UUID for each new command, the same for its repetitions")
    ] = None,
) -> IdempotencyKey:
    """The dependency of every command; raises KeyNeeded when the header is missing or unusable."""
    if not re.fullmatch(r"[!-~]{1,200}", idempotency_key or ""):
        raise KeyNeeded
    secret: bytes = request.app.state.secret
    account = "-" if caller is None else str(caller.account)
    return IdempotencyKey(
        scope=f"{account} {request.method} {request.scope['path']}",
        key=keyed_digest(secret, str(idempotency_key)),
        body_digest=await _digest(request),
    )


async def no_key_needed() -> None:
    """The dependency that marks a POST that changes nothing, such as log-in."""


def commands_without_key(app: FastAPI) -> list[str]:
    """The routes that change something and take no Idempotency-Key."""
    return routes_lacking(app, lambda call: call in (idempotency_key, no_key_needed), methods=_COMMANDS)


async def _digest(request: Request) -> str:
    """Of query, type and body; a long body is hashed in a thread, which leaves the loop free."""
    content_type = request.headers.get("content-type", "")
    body: bytes = request.state.body
    content = (
        await asyncio.to_thread(_content, content_type, body) if len(body) > _LONG else _content(content_type, body)
    )
    secret: bytes = request.app.state.secret
    return keyed_digest(secret, request.url.query, *content)


def _content(content_type: str, body: bytes) -> tuple[str, str]:
    """Type and digest of a body. The boundary of a multipart body is new with each sending, so it isn't counted."""
    if found := re.search(r'boundary="?([^";,]+)', content_type):
        body = body.replace(found[1].encode("latin-1"), b"")
        content_type = content_type.replace(found[1], "")
    return content_type, sha256(body).hexdigest()
