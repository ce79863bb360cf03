"""What a process itself answers: whether all of it is ready, and, in a demonstration alone, its legal clock."""

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel

from reglament.wiring import Keys
from shared.calendar.clock import Clock, DemonstrationClock
from shared.identity.roles import Role
from shared.web.access import allow
from shared.web.idempotency import no_key_needed
from shared.web.instants import Instant
from shared.web.service_app import Readiness, create_app

PREFIX = "/api/demonstration/v1"


class LegalTime(BaseModel):
    """Legal time of the demonstration; it runs on from there."""

    now: Instant


def own_app(clock: Clock, keys: Keys, readiness: Readiness) -> FastAPI:
    app = create_app("Reglament", "1.0.0", PREFIX, keys.public_key, keys.secret)
    app.state.readiness = readiness
    if isinstance(clock, DemonstrationClock):
        app.include_router(_clock_routes(clock))
    return app


def _clock_routes(clock: DemonstrationClock) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["clock"], dependencies=[Depends(allow(Role.OPERATOR))])

    @router.get("/clock", summary="Legal time")
    async def read() -> LegalTime:
        return LegalTime(now=await clock.now())

    @router.put("/clock", summary="Move legal time, forwards or back", dependencies=[Depends(no_key_needed)])
    async def move(to: LegalTime) -> LegalTime:
        await clock.set_to(to.now)
        return LegalTime(now=await clock.now())

    return router
