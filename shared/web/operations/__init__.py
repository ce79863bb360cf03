"""What every service offers those who run it and watch over it."""

from fastapi import APIRouter

from shared.web.operations.checks import add_checks
from shared.web.operations.facts import add_facts
from shared.web.operations.parked import add_parked


def operations(prefix: str) -> APIRouter:
    """The router to include under a service's prefix."""
    router = APIRouter(prefix=prefix, tags=["operations"])
    for add in (add_parked, add_checks, add_facts):
        add(router)
    return router
