"""IIN of a person and BIN of a legal entity: twelve digits, the last of which checks the others."""

import re
from datetime import date
from enum import StrEnum
from typing import NewType

from shared.web.refusal import Refused

Iin = NewType("Iin", str)
Bin = NewType("Bin", str)

_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_CENTURIES = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}


class InvalidNumber(Refused, ValueError):
    """No IIN or BIN; a ValueError too, so that a pydantic field that parses one tells its place."""

    status = 422


class NotTwelveDigits(InvalidNumber):
    """An IIN or BIN is exactly twelve digits."""


class WrongCheckDigit(InvalidNumber):
    """The last digit doesn't follow from the eleven before it: at least one digit is mistyped."""


class NeverIssued(InvalidNumber):
    """Both weighted sums of the first eleven digits leave 10, so no number with them exists."""


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class NumberWarning(StrEnum):
    """What looks odd in an IIN without being wrong: the digits of birth date and sex aren't guaranteed."""

    NO_SUCH_DATE = "no-such-date"
    OTHER_BIRTH_DATE = "other-birth-date"
    OTHER_SEX = "other-sex"


def parse_iin(text: str) -> Iin:
    """The IIN in `text`, blanks around it dropped; raises NotTwelveDigits, NeverIssued or WrongCheckDigit."""
    return Iin(_checked(text))


def parse_bin(text: str) -> Bin:
    """The BIN in `text`, blanks around it dropped; raises NotTwelveDigits, NeverIssued or WrongCheckDigit."""
    return Bin(_checked(text))


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit that belongs to eleven digits; None when no number with them is ever issued."""
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        rest = sum(weight * int(digit) for weight, digit in zip(weights, first_eleven, strict=True)) % 11
        if rest != 10:
            return rest
    return None


def warnings(number: Iin, *, born: date | None = None, sex: Sex | None = None) -> tuple[NumberWarning, ...]:
    """What the digits say otherwise than the stated birth date and sex; never a reason to refuse."""
    told, told_sex = _birth_date(number), _sex(number)
    found = {
        NumberWarning.NO_SUCH_DATE: told is None,
        NumberWarning.OTHER_BIRTH_DATE: None not in (born, told) and born != told,
        NumberWarning.OTHER_SEX: None not in (sex, told_sex) and sex != told_sex,
    }
    return tuple(warning for warning, holds in found.items() if holds)


def _checked(text: str) -> str:
    number = text.strip()
    if not re.fullmatch(r"[0-9]{12}", number):
        raise NotTwelveDigits
    expected = check_digit(number[:11])
    if expected is None:
        raise NeverIssued
    if expected != int(number[11]):
        raise WrongCheckDigit
    return number


def _birth_date(number: str) -> date | None:
    century = _CENTURIES.get(int(number[6]))
    try:
        return None if century is None else date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return None


def _sex(number: str) -> Sex | None:
    """The seventh digit: odd is male, even is female, of the centuries 1-6."""
    digit = int(number[6])
    if digit not in _CENTURIES:
        return None
    return Sex.MALE if digit % 2 else Sex.FEMALE
