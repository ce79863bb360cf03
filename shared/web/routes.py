"""Looking over all routes of an app, for the tests that nothing was forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

_EVERY_METHOD = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "WEBSOCKET"})


def routes_lacking(
    app: FastAPI, wanted: Callable[[Any], bool], *, methods: frozenset[str] = _EVERY_METHOD
) -> list[str]:
    """`METHOD /path` of each route of these methods none of whose dependencies is a wanted one."""
    return sorted(
        f"{method} {path}"
        for method, path, dependant in _operations(app)
        if method in methods and not any(wanted(call) for call in _calls(dependant))
    )


def _operations(app: FastAPI) -> Iterator[tuple[str, str, Dependant]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in route.methods or ():
                yield method, str(route.path), route.dependant
        elif isinstance(route.original_route, APIWebSocketRoute):
            yield "WEBSOCKET", str(route.path), route.dependant


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
