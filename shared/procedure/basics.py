"""What every part of the format is made of: codes, paragraphs, names, conditions and moments."""

from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints, model_validator

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PARAGRAPH = r"^(annex \d+ )?§\d+(-\d+)?(\.\d+)*$"
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=64)]
Paragraph = Annotated[str, StringConstraints(pattern=PARAGRAPH)]

WRITTEN = r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?$"
"""A code, and after a point how it ended."""


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Said = Annotated[str, StringConstraints(min_length=1)]


class Names(Data):
    """The same name in the three languages; kk is official."""

    kk: Said
    ru: Said
    en: Said

    @cached_property
    def by_language(self) -> dict[str, str]:
        """For what is written as JSON; not to be changed."""
        return self.model_dump()


class Sourced(Data):
    """Something the text says at a paragraph, or that no text says and is assumed."""

    paragraph: Paragraph | None = None
    assumed: bool = False

    @model_validator(mode="after")
    def has_its_source(self) -> Self:
        if self.paragraph is None and not self.assumed:
            raise ValueError("name the paragraph, or mark it assumed: true")
        return self


class After(Data):
    """A step that must be complete, with any outcome or a certain one; written `check` or `check.admitted`."""

    step: Code
    outcome: Code | None = None

    @model_validator(mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        step, _, outcome = value.partition(".")
        return {"step": step, "outcome": outcome or None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": WRITTEN, "description": cls.__doc__ or ""}

    def __str__(self) -> str:
        return f"{self.step}.{self.outcome}" if self.outcome else self.step


class Moment(Data):
    """What a term runs from: a moment that a fact states (receipt, call-close), the first completion of a step (the previous
    action), or the latest one (last sitting, approval). Exactly one."""

    moment: Literal["receipt", "call-close"] | None = None
    first: Code | None = None
    latest: Code | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if len([v for v in (self.moment, self.first, self.latest) if v]) != 1:
            raise ValueError("give exactly one of moment, first, latest")
        return self
