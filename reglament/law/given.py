"""JSON files that somebody gives to a command: what was read, or every fault with its place and how to mend it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.procedure.editions import InvalidRegulation, Wrong
from shared.procedure.sound import Fault
from shared.texts.texts import problem_text
from shared.web.refusal import Refused

M = TypeVar("M", bound=BaseModel)
HINTS = {
    "extra_forbidden": ": the format doesn't know this word; correct its spelling or take it out",
    "missing": ": add it here",
    "union_tag_not_found": ": say which fact it is, in the field fact",
    "json_invalid": ": write a JSON object",
}


def given(path: Path, model: type[M]) -> M:
    """The file as what it has to be. Raises InvalidRegulation."""
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        found = [Wrong(None, ".".join(map(str, e["loc"])), _what(e)) for e in error.errors()]
        raise InvalidRegulation(path, found) from None
    except OSError as error:
        raise InvalidRegulation(path, [Wrong(None, "", f"{error.strerror}: give the path of a file")]) from None


def sound(path: Path, faults: Iterable[Fault]) -> None:
    """Raises InvalidRegulation for what is wrong beyond the format."""
    found = [Wrong(None, ".".join(map(str, fault.loc)), fault.what) for fault in faults]
    if found:
        raise InvalidRegulation(path, found)


def _what(error: ErrorDetails) -> str:
    refused = error.get("ctx", {}).get("error")
    if isinstance(refused, Refused):
        told = problem_text(refused.code(), "en", refused.params)
        return f"{told.title}. {told.fix}"
    return error["msg"].removeprefix("Value error, ") + HINTS.get(error["type"], "")
