"""What pydantic says of a request, told field by field in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from shared.texts.languages import Language
from shared.texts.texts import field_text, problem_text
from shared.web.problem import FieldProblem
from shared.web.refusal import Refused


def field_problems(error: RequestValidationError, language: Language) -> list[FieldProblem]:
    """Every wrong field with its place, what is wrong and how to mend it; values aren't repeated."""
    return [_field_problem(item, error.body, language) for item in error.errors()]


def _field_problem(item: Mapping[str, Any], body: object, language: Language) -> FieldProblem:
    place, *path = item["loc"]
    if item["type"] == "json_invalid":
        path = []
    elif place == "body":
        path = _without_tags(path, body, missing=item["type"] == "missing")
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    params = dict(item.get("ctx", {}))
    reason = params.get("error")
    if isinstance(reason, Refused):
        told = problem_text(reason.code(), language, reason.params)
        return FieldProblem(place=place, pointer=pointer, what=told.title, how=told.fix, code=reason.code())
    if "expected" in params:
        params["expected"] = str(params["expected"]).replace(" or ", ", ")
    what, how = field_text(item["type"], language, params)
    return FieldProblem(place=place, pointer=pointer, what=what, how=how)


def _without_tags(path: Sequence[str | int], body: object, *, missing: bool) -> list[str | int]:
    """The path as it runs through the body: pydantic also names the members of unions, which no body contains. At its end may be
    a field that is `missing`."""
    steps: list[str | int] = []
    for place, step in enumerate(path):
        inside = (isinstance(body, Mapping) and step in body) or (isinstance(body, list) and isinstance(step, int))
        if inside:
            body = body[step]  # type: ignore[index]
        if inside or (missing and place == len(path) - 1):
            steps.append(step)
    return steps
