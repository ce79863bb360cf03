"""Personal data in facts: sealed under one key per person wherever it is written, readable only with that key."""

from typing import Any, Protocol
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializationInfo,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Keys(Protocol):
    """What a reader or writer of personal fields passes as pydantic context."""

    def seal(self, person: UUID, text: str) -> str: ...

    def open(self, person: UUID, sealed: str) -> str | None: ...


class NoKeys(Exception):
    """A personal field was to be written without the vault."""


class Personal(BaseModel):
    """A value about a person (name, IIN, contact). `text` is None for a reader without the key: not allowed, or erased."""

    model_config = ConfigDict(frozen=True)

    person: UUID
    text: str | None

    @model_validator(mode="wrap")
    @classmethod
    def _open(cls, value: Any, handler: ModelWrapValidatorHandler["Personal"], info: ValidationInfo) -> "Personal":
        if not isinstance(value, dict) or "sealed" not in value:
            if info.mode == "json":
                raise ValueError("a personal value travels sealed")
            return handler(value)
        person, keys = UUID(str(value["person"])), info.context
        return handler({"person": person, "text": keys.open(person, value["sealed"]) if keys else None})

    @model_serializer
    def _seal(self, info: SerializationInfo) -> dict[str, str]:
        if info.context is None:
            raise NoKeys("personal data is written only under its person's key")
        if self.text is None:
            raise NoKeys("personal data that could not be read can't be written again")
        return {"person": str(self.person), "sealed": info.context.seal(self.person, self.text)}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text = {"type": "string"}
        return {
            "type": "object",
            "x-personal-data": True,
            "properties": {"person": {**text, "format": "uuid"}, "sealed": {**text, "contentEncoding": "base64"}},
            "required": ["person", "sealed"],
        }
