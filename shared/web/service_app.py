"""The FastAPI app of a service: everything that all services answer alike, before their own routes are added."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.types import Lifespan, Scope

from shared.identity.tokens import verify
from shared.web.access import anyone
from shared.web.limits import BodyLimit
from shared.web.metrics import router as metrics
from shared.web.openapi import describe
from shared.web.overload import Overload
from shared.web.problems import answer_with_problems
from shared.web.refusal import Unauthenticated
from shared.web.requests import EachRequest

Readiness = Callable[[], Awaitable[dict[str, str]]]


class Health(BaseModel):
    """The process answers."""

    status: str = Field(examples=["alive"])


class Ready(BaseModel):
    """Whether the service can do its work; `failing` names each check that fails and why, by a code."""

    ready: bool
    failing: dict[str, str] = Field(examples=[{}])


def create_app(
    title: str,
    version: str,
    prefix: str,
    public_key: Ed25519PublicKey,
    secret: bytes,
    *,
    larger_bodies: Mapping[str, int] | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """An app that documents itself under `prefix` and answers problems, /health and /ready.

    Routers are included afterwards and carry the whole prefix themselves, so that the log shows whole route templates.
    `larger_bodies`: path pattern → megabytes, for uploads. What fails readiness is asked of `app.state.readiness`, an
    async function without arguments that the service sets; at first nothing fails.
    """
    app = FastAPI(
        title=title,
        version=version,
        openapi_url=f"{prefix}/openapi.json",
        docs_url=f"{prefix}/docs",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.public_key = public_key
    app.state.secret = secret
    app.state.readiness = _nothing_fails
    describe(app)
    answer_with_problems(app)
    app.add_middleware(BodyLimit, larger=larger_bodies, known=partial(_is_known, public_key))
    app.add_middleware(EachRequest)
    app.add_middleware(Overload)
    app.include_router(_probes(prefix))
    app.include_router(_probes(""), include_in_schema=False)
    app.include_router(metrics, include_in_schema=False)
    return app


def _is_known(public_key: Ed25519PublicKey, scope: Scope) -> bool:
    """Whether the request comes with a token of this installation."""
    try:
        verify(public_key, Headers(scope=scope).get("authorization", "").removeprefix("Bearer "))
    except Unauthenticated:
        return False
    return True


def _probes(prefix: str) -> APIRouter:
    router = APIRouter(prefix=prefix, tags=["service"], dependencies=[Depends(anyone)])
    not_ready: dict[int | str, dict[str, Any]] = {503: {"model": Ready, "description": "Not ready"}}
    router.get("/health", summary="Is the process alive?")(_health)
    router.get("/ready", summary="Can it do its work?", responses=not_ready)(_ready)
    return router


async def _health() -> Health:
    return Health(status="alive")


async def _ready(request: Request, response: Response) -> Ready:
    readiness: Readiness = request.app.state.readiness
    failing = await readiness()
    if failing:
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return Ready(ready=not failing, failing=failing)


async def _nothing_fails() -> dict[str, str]:
    return {}
