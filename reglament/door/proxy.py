"""The front door's ways to the services, by the beginning of the path."""

import os
from collections.abc import Mapping
from typing import Self

from starlette.types import ASGIApp

from reglament.door.proxy_http import Way
from reglament.door.upstreams import Upstreams
from shared.contracts.topics import SERVICES

ANSWERED_BY = {**{service: service for service in SERVICES}, "cabinet": "notification"}


def upstreams(environment: Mapping[str, str] = os.environ) -> dict[str, Upstreams]:
    """Where each service answers: UPSTREAM_INTAKE and so on; by default the container's name."""
    return {s: Upstreams(environment.get(f"UPSTREAM_{s.upper()}") or f"http://{s}-api:8000") for s in SERVICES}


class Proxy:
    """All ways, open while within."""

    def __init__(self, where: Mapping[str, Upstreams]) -> None:
        self._ways = {service: Way(upstreams) for service, upstreams in where.items()}

    @property
    def apps(self) -> dict[str, ASGIApp]:
        ways = self._ways
        return {f"/api/{name}/v1": ways[service] for name, service in ANSWERED_BY.items() if service in ways}

    async def readiness(self) -> dict[str, str]:
        """The services of which no process can do its work."""
        return {service: "no-process-ready" for service, way in self._ways.items() if not await way.is_answering()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for way in self._ways.values():
            await way.close()
