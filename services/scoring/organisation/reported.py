"""Facts as they stand in commands and in the log: the same models, the same strict form, as in a file of facts."""

from typing import Annotated, Any

from pydantic import TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import to_json

from services.scoring.sheet.facts import Fact, Reported

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


def _as_written(value: Any, _: ValidatorFunctionWrapHandler) -> Any:
    """What has been parsed from JSON is read again as JSON: only there a date may be a text."""
    return value if isinstance(value, Reported) else FACT.validate_json(to_json(value))


StoredFact = Annotated[Fact, WrapValidator(_as_written)]


def place(fact: Fact) -> tuple[str, ...]:
    """Where a fact stands: a later report of the same from the same source takes its place; another source stands beside."""
    if fact.source is None:
        return fact.key, "assumed"
    return fact.key, fact.source.kind, fact.source.reference


def says_the_same(one: Fact, other: Fact) -> bool:
    """Whoever reports it."""
    return one == other.model_copy(update={"reporter": one.reporter})
