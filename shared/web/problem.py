"""RFC 9457 problem documents: a refusal in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.datastructures import Headers
from starlette.types import Scope

from shared.telemetry.correlation import current_correlation
from shared.texts.languages import choose_locale
from shared.texts.texts import problem_text
from shared.web.refusal import Refused

MEDIA_TYPE = "application/problem+json"

_EXAMPLE: JsonDict = {
    "type": "urn:reglament:problem:not-your-provider",
    "title": "The case belongs to another provider",
    "status": 403,
    "detail": "You don't hold this role for that provider: karaganda, executor.",
    "code": "not-your-provider",
    "fix": "Ask an official of that provider.",
}


class FieldProblem(BaseModel):
    """One wrong place of a request."""

    place: Literal["body", "query", "path", "header", "cookie"] = Field(serialization_alias="in")
    pointer: str = Field(description="JSON pointer to the value within that place", examples=["/applicant/iin"])
    what: str = Field(description="What is wrong")
    how: str = Field(description="How to mend it")
    code: str | None = Field(default=None, description="The reason, where it has a code of its own")


class Problem(BaseModel):
    """Why a request wasn't carried out (RFC 9457), in the language of Accept-Language: kk, ru or en."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    type: str = Field(description="`urn:reglament:problem:` and the code")
    title: str
    status: int
    detail: str | None = None
    code: str = Field(description="Stable name of the reason, for programs")
    fix: str = Field(description="What to do about it")
    errors: list[FieldProblem] | None = Field(default=None, description="The wrong fields, each with its place")
    paragraph: str | None = Field(default=None, description="Act and paragraph that the rule comes from")
    correlation: str | None = Field(default=None, description="Names this request in the log")


def problem_response(
    scope: Scope,
    refused: Refused,
    *,
    status: int | None = None,
    errors: Sequence[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for a refusal to the request of `scope`; `status` where it differs from the refusal's own."""
    language = choose_locale(Headers(scope=scope).get("accept-language"))
    told = problem_text(refused.code(), language, refused.params)
    correlation = current_correlation()
    problem = Problem(
        type=f"urn:reglament:problem:{refused.code()}",
        title=told.title,
        status=status or refused.status,
        detail=told.detail,
        code=refused.code(),
        fix=told.fix,
        errors=None if errors is None else list(errors),
        paragraph=refused.paragraph,
        correlation=None if correlation is None else str(correlation),
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True, by_alias=True),
        problem.status,
        {"Content-Language": language, "Vary": "Accept-Language", **_own_headers(refused), **(headers or {})},
        MEDIA_TYPE,
    )


def _own_headers(refused: Refused) -> dict[str, str]:
    headers = {}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
