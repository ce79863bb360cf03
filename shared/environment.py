"""What a process is told by its environment: checked as one model; what is wrong names the variable."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class Unset(Exception):
    """A variable or a secret is missing or isn't what it must be; the message names it."""


def told(model: type[Model], environment: Mapping[str, str], prefix: str = "", **known: str) -> Model:
    """The model from the variables that are called as its fields in capitals, behind the prefix; an empty one counts as
    missing. `known`: fields whose value comes from elsewhere. Raises Unset."""
    names = {name: f"{prefix}{name.upper()}" for name in model.model_fields}
    given = {name: environment[variable] for name, variable in names.items() if environment.get(variable)}
    try:
        return model.model_validate(known | given)
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        where = names[str(wrong["loc"][0])] if wrong["loc"] else prefix
        raise Unset(f"{where}: {wrong['msg']}") from None
