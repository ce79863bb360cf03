"""The OpenAPI 3.1 description of a service, with the problems that every operation may answer."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.web.problem import MEDIA_TYPE, Problem

_REFERENCE = {"schema": {"$ref": "#/components/schemas/Problem"}}
_PROBLEMS = {
    "4XX": {"description": "Refused: the problem says why and what to do", "content": {MEDIA_TYPE: _REFERENCE}},
    "5XX": {"description": "Our fault, or the store doesn't answer", "content": {MEDIA_TYPE: _REFERENCE}},
}


def describe(app: FastAPI) -> None:
    """From now on the app's description names the problems in place of FastAPI's own validation errors."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _with_problems(description: dict[str, Any]) -> dict[str, Any]:
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    own = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas |= own.pop("$defs") | {"Problem": own}
    for path in description["paths"].values():
        for operation in path.values():
            operation["responses"] = {
                status: response for status, response in operation["responses"].items() if status != "422"
            } | _PROBLEMS
    return description
