"""Exact numbers as decimal strings."""

import re
from collections.abc import Callable
from decimal import Decimal

from pydantic_core import PydanticCustomError

NO_DECIMAL = "no_decimal_text"


def written(pattern: str) -> Callable[[object], Decimal]:
    """A reader of decimal strings of this form; ValueError for anything else, floating-point numbers too."""

    def read(value: object) -> Decimal:
        if isinstance(value, Decimal):
            value = plain(value)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise PydanticCustomError(NO_DECIMAL, 'write the number as text with a point, such as "-1250000.50"')
        return Decimal(plain(Decimal(value)))

    return read


def plain(value: Decimal) -> str:
    """Always the same text for the same number: no exponent, no zeros that say nothing."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
