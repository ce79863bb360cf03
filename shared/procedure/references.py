"""The steps that a procedure's data name, each where it is named, and whether there is such a step."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from shared.procedure.basics import After
from shared.procedure.kinds import KINDS
from shared.procedure.written import Loc


def astray(said: BaseModel, kinds: Mapping[str, str]) -> Iterator[tuple[Loc, str]]:
    """Each name of a step that there isn't, or of an outcome that its kind never has, with its place; `kinds`: of the steps
    that there are, by code."""
    known = ", ".join(kinds)
    for loc, value in _places(said, ()):
        if isinstance(value, After) and value.step in kinds:
            outcomes = KINDS[kinds[value.step]].outcomes
            if value.outcome and value.outcome not in outcomes:
                told = f"a step of this kind never ends {value.outcome}; write one of: {', '.join(outcomes)}"
                yield loc, f"{value}: {told}"
        elif isinstance(value, After):
            yield loc, f"{value}: there is no step {value.step}; those there are: {known}"
        elif value and loc[-1:] in (("first",), ("latest",), ("parts_from",)) and value not in kinds:
            yield loc, f"there is no step {value}; those there are: {known}"


def _places(value: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Everything within, by its keys as they are written."""
    yield loc, value
    if isinstance(value, BaseModel) and not isinstance(value, After):
        for name, field in type(value).model_fields.items():
            yield from _places(getattr(value, name), (*loc, field.alias or name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _places(item, (*loc, i))
