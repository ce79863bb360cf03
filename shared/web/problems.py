"""Which error becomes which problem: the exception handlers of every service."""

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.kernel.follow import TROUBLE, Waiting
from shared.telemetry.log import log_failure
from shared.texts.languages import choose_locale
from shared.web.fields import field_problems
from shared.web.problem import problem_response
from shared.web.refusal import (
    InvalidInput,
    Malformed,
    MethodNotAllowed,
    NotOpenYet,
    Refused,
    Unavailable,
    UnknownRoute,
)

# What PostgreSQL can't keep as text, such as NUL: the caller's fault.
UNSTORABLE = (asyncpg.DataError,)
_OF_ROUTING = {404: UnknownRoute, 405: MethodNotAllowed}


def answer_with_problems(app: FastAPI) -> None:
    """Every refusal, wrong input and trouble with the store is answered as problem+json."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _routing)
    for trouble in TROUBLE:
        app.add_exception_handler(trouble, _unavailable)
    app.add_exception_handler(Waiting, _waiting)
    for unstorable in UNSTORABLE:
        app.add_exception_handler(unstorable, _unstorable)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem_response(request.scope, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = choose_locale(request.headers.get("accept-language"))
    return problem_response(request.scope, InvalidInput(), errors=field_problems(error, language))


async def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refused = _OF_ROUTING.get(error.status_code, Malformed)()
    return problem_response(request.scope, refused, status=error.status_code, headers=error.headers)


async def _waiting(request: Request, error: Exception) -> Response:
    assert isinstance(error, Waiting)
    return problem_response(request.scope, NotOpenYet(awaited=", ".join(error.awaits)))


async def _unavailable(request: Request, error: Exception) -> Response:
    log_failure("store-unavailable", error)
    return problem_response(request.scope, Unavailable())


async def _unstorable(request: Request, _: Exception) -> Response:
    return problem_response(request.scope, InvalidInput())
