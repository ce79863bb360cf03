"""Pages of a list: an opaque cursor that says after which place the next page begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_core import to_json

from shared.web.refusal import BadCursor

T = TypeVar("T")

PageSize = Annotated[int, Query(ge=1, le=200, description="How many items at most")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before; none for the first page")]


class Page(BaseModel, Generic[T]):
    """Some items of a list in its order; `next` is the cursor of the rest, absent on the last page."""

    items: list[T]
    next: str | None = Field(default=None, description="Cursor of the next page; absent on the last one")


def encode_cursor(*place: object) -> str:
    """The cursor of a place: the sort key of a page's last item."""
    return urlsafe_b64encode(to_json(place)).decode().rstrip("=")


def decode_cursor(text: str, place: type[T]) -> T:
    """The place of a cursor, as a tuple type (`tuple[datetime, UUID]`); raises BadCursor for what we didn't give."""
    try:
        return TypeAdapter(place).validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise BadCursor from error
