"""What is wrong in a file, as it is told to whoever writes it."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.identity.roles import Role
from shared.procedure.basics import CODE, PARAGRAPH
from shared.procedure.kinds import PARTICIPANTS
from shared.procedure.written import Loc

HINTS = {
    "extra_forbidden": ": the format doesn't know this word; correct its spelling or take it out",
    "missing": ": add it here",
}
PATTERNS = {
    CODE: "a code is small Latin letters, digits and hyphens, such as new-business-ideas",
    PARAGRAPH: "write a paragraph as §5.3, or as annex 2 §8.2 where it stands in another part",
    r"^[A-Z]{2,6}$": "write two to six capital Latin letters, such as KRG",
}


def told(error: ValidationError) -> Iterator[tuple[Loc, str]]:
    """Each fault with its place. That nothing is left of a list isn't told where what it holds is wrong itself."""
    found = error.errors()
    for e in found:
        within = (other["loc"] for other in found if other is not e)
        if e["type"] != "too_short" or not any(loc[: len(e["loc"])] == e["loc"] for loc in within):
            yield e["loc"], _what(e)


def _what(e: ErrorDetails) -> str:
    context = e.get("ctx", {})
    if Role.AUDITOR in context.get("expected", ""):
        return f"nobody here is called {e['input']}; those there are: {', '.join(PARTICIPANTS)}"
    if (pattern := context.get("pattern")) in PATTERNS:
        return f"{e['input']!r} isn't written so: {PATTERNS[pattern]}"
    return e["msg"].removeprefix("Value error, ") + HINTS.get(e["type"], "")
