"""Facts as they stand in commands and in the log: the same models, the same strict form, as in a file of facts."""

from typing import Annotated, Any, Literal

from pydantic import TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import to_json

from services.scoring.sheet.facts import Fact, Reported

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
Side = Literal["authority", "evaluated"]
"""Who says something: the evaluating authority, or the side that it evaluates, a body and its organisations."""


def _as_written(value: Any, _: ValidatorFunctionWrapHandler) -> Any:
    """What has been parsed from JSON is read again as JSON: only there a date may be a text."""
    return value if isinstance(value, Reported) else FACT.validate_json(to_json(value))


StoredFact = Annotated[Fact, WrapValidator(_as_written)]


def place(fact: Fact, by: Side) -> tuple[str, ...]:
    """Where a fact stands: a later report of the same by the same side from the same source takes its place; another source,
    or what the other side reads in this one, stands beside."""
    where = ("assumed",) if fact.source is None else (fact.source.kind, fact.source.reference)
    return fact.key, *where, by


def says_the_same(one: Fact, other: Fact) -> bool:
    """Whoever reports it."""
    return one == other.model_copy(update={"reporter": one.reporter})
