"""Agencies outside the system that read some of its topics straight from Kafka: data, in agencies.yaml."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from deploy.kafka.jars import HERE
from shared.contracts.topics import BY_NAME, SERVICES

_TAKEN = ("admin", *SERVICES)


class WrongAgencies(ValueError):
    """The file doesn't say what an agency may read; the message says where and why."""


def _free(name: str) -> str:
    if name in _TAKEN:
        raise ValueError(f"{name} is a user of the system's own")
    return name


def _known(topic: str) -> str:
    if topic not in BY_NAME:
        raise ValueError(f"there is no topic {topic}")
    return topic


class _Agency(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$"), AfterValidator(_free)]
    topics: Annotated[tuple[Annotated[str, AfterValidator(_known)], ...], Field(min_length=1)]


_AGENCIES = TypeAdapter(list[_Agency])


def agencies(path: Path = HERE / "agencies.yaml") -> dict[str, tuple[str, ...]]:
    """The topics that each agency may read, by its name, which is its user's. Raises WrongAgencies, OSError."""
    try:
        found = _AGENCIES.validate_python(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        raise WrongAgencies(f"{path}: {error}") from None
    except ValidationError as error:
        raise WrongAgencies(f"{path}: {'; '.join(_said(e['loc'], e['msg']) for e in error.errors())}") from None
    if twice := [name for name, times in Counter(a.name for a in found).items() if times > 1]:
        raise WrongAgencies(f"{path}: named twice: {', '.join(twice)}")
    return {agency.name: agency.topics for agency in found}


def _said(place: tuple[int | str, ...], message: str) -> str:
    """Agencies and topics are counted from 1, as a reader does."""
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{f'agency {where}: ' if where else ''}{message.removeprefix('Value error, ')}"
