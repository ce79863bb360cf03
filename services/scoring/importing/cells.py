"""What a cell says: one function for each `reads` of columns.yaml, from what the file holds to a value of the facts.

A cell is text, or in a workbook also a number, a day or yes/no. What it can't be read as is refused, never guessed.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from services.scoring.importing import refusals
from services.scoring.importing.columns import plain, the_format, words
from shared.identity.number import Bin, parse_bin

Cell = str | int | float | bool | date | time | None
LONGEST = 32_767
"""Characters in a cell, as spreadsheet programs have it."""
OFTEN, SHORT = 4096, 100
"""Of how many cells what they say is remembered, and how long those are at most."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HELD = 15
"""How many significant digits a number cell keeps."""
KINDS = ("state-institution", "state-enterprise", "joint-stock-company", "llp")


def typed(cell: Cell) -> Cell:
    """The cell, if a person can have typed it. Raises CellTooLong, ControlCharacter."""
    if isinstance(cell, str) and len(cell) > LONGEST:
        raise refusals.CellTooLong(characters=LONGEST)
    if isinstance(cell, str) and _CONTROL.search(cell):
        raise refusals.ControlCharacter
    return cell


def text(cell: Cell) -> str:
    """Text on one line; a number cell as its digits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def number(cell: Cell) -> Bin:
    """A BIN; a number cell has lost its leading zeros, they are put back."""
    digits = re.sub(r"\s", "", text(cell)).lstrip("'")
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", digits, re.IGNORECASE):
        raise refusals.DigitsLost
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        digits = digits.zfill(12) if len(digits) >= 9 else digits
    return parse_bin(digits)


def kind(cell: Cell) -> str:
    return word(cell, KINDS)


def yes_or_no(cell: Cell) -> bool:
    return cell if isinstance(cell, bool) else word(cell, ("yes", "no")) == "yes"


def day(cell: Cell) -> date:
    """A day cell, or `2022-12-31` or `31.12.2022` as text."""
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise refusals.NoDay
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):  # 44926 may be a day or anything else
        raise refusals.NoDay
    return _written_day(cell.strip())


def tenge(cell: Cell) -> Decimal:
    return decimal(cell, 2, refusals.NotAnAmount)


def tenge_or_none(cell: Cell) -> Decimal | None:
    return None if is_none(cell) else tenge(cell)


def tenge_due(cell: Cell) -> Decimal:
    """An amount that isn't negative."""
    found = tenge(cell)
    if found < 0:
        raise refusals.NotAnAmount
    return found


def count(cell: Cell) -> int:
    found = decimal(cell, 0, refusals.NoCount)
    if found < 0:
        raise refusals.NoCount
    return int(found)


def source(cell: Cell) -> dict[str, str]:
    """`document: No. 5 of 2022-12-31`."""
    name, colon, reference = text(cell).partition(":")
    if not colon or not reference.strip():
        raise refusals.UnclearSource
    return {"kind": word(name, ("document", "register", "audit")), "reference": reference.strip()}


def payments(cell: Cell) -> list[dict[str, Any]]:
    """`2022-04-10: 1500000; 2022-04-14: 250000.50`, or none."""
    return [{"on": _written_day(on), "amount": tenge_due(amount)} for on, amount in _pairs(cell)]


def audits(cell: Cell) -> list[dict[str, Any]]:
    """`2022-10-03: 0`, the day and how many violations, or none."""
    return [{"on": _written_day(on), "violations": count(violations)} for on, violations in _pairs(cell)]


def submissions(cell: Cell) -> list[dict[str, Any]]:
    """`2022-05-01: 2022-04-28`, the last day and the day given; `2022-05-01: none` for what wasn't given; or none."""
    return [
        {"due_by": _written_day(due), "given_on": None if is_none(given) else _written_day(given)}
        for due, given in _pairs(cell)
    ]


def indicators(cell: Cell) -> list[dict[str, Any]]:
    """`Patients: 100: 104: more is better; Waiting days: 9: 8: less is better`, or none. Which is better is never guessed."""
    return [_indicator(parts) for parts in _items(cell)]


def decimal(cell: Cell, places: int, refused: type[refusals.Unimportable]) -> Decimal:
    """An exact number with at most so many digits after the point; text may have blanks between thousands and a comma."""
    if isinstance(cell, bool | date | time) or cell is None:
        raise refused
    written = _digits(cell) if isinstance(cell, int | float) else _without_blanks(cell)
    fraction = rf"(\.[0-9]{{1,{places}}})?" if places else ""
    if not re.fullmatch(rf"-?[0-9]{{1,18}}{fraction}", written):
        raise refused
    return Decimal(written)


def word(cell: Cell, among: tuple[str, ...]) -> str:
    """The code of the word that stands there, in any of the languages or as code."""
    said = plain(text(cell))
    for code in among:
        if said in words(code):
            return code
    expected = "; ".join(" / ".join(the_format().first_words(code).values()) for code in among)
    raise refusals.UnknownWord(expected=expected)


def is_none(cell: Cell) -> bool:
    """Whether the cell says that there is nothing."""
    return isinstance(cell, str) and plain(cell) in words("none")


def _remembering(read: Callable[[Cell], Any]) -> Callable[[Cell], Any]:
    """Most columns say the same few short things over and over."""
    known = lru_cache(maxsize=OFTEN, typed=True)(read)
    return lambda cell: (read if isinstance(cell, str) and len(cell) > SHORT else known)(cell)


READERS: dict[str, Callable[[Cell], Any]] = {
    read.__name__: _remembering(read)
    for read in (
        text, number, kind, yes_or_no, day, tenge, tenge_or_none, tenge_due, count, source,
        payments, audits, submissions, indicators,
    )
}  # fmt: skip


def _written_day(written: str) -> date:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", written)
    turned = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", written)
    parts = found.groups() if found else turned.groups()[::-1] if turned else None
    try:
        return date(*map(int, parts)) if parts else _refuse_day()
    except ValueError:
        return _refuse_day()


def _refuse_day() -> date:
    raise refusals.NoDay


def _digits(cell: float) -> str:
    """A number cell's digits, no more than it can hold."""
    exact = Decimal(repr(cell)).normalize()
    if len(exact.as_tuple().digits) > HELD:
        raise refusals.DigitsLost
    return format(exact, "f")


def _without_blanks(written: str) -> str:
    """`1 500 000,50` and `−5` as Decimal reads them. A comma beside a point, or before three digits as in `1,500`, may
    stand for thousands: it is no guess of ours and stays, to be refused."""
    digits = re.sub(r"\s", "", written).replace("\u2212", "-")
    if "." in digits or re.fullmatch(r"-?[1-9][0-9]*,[0-9]{3}", digits):
        return digits
    return digits.replace(",", ".", 1)


def _items(cell: Cell) -> list[list[str]]:
    if is_none(cell):
        return []
    if not isinstance(cell, str):
        raise refusals.NotInParts
    items = [item for item in re.split(r"[;\n]", cell) if item.strip()]
    return [[part.strip() for part in item.split(":")] for item in items]


def _pairs(cell: Cell) -> list[list[str]]:
    items = _items(cell)
    if any(len(item) != 2 for item in items):
        raise refusals.NotInParts
    return items


def _indicator(parts: list[str]) -> dict[str, Any]:
    if len(parts) < 3:
        raise refusals.NotInParts
    better = word(parts[-1], ("more", "less"))
    *name, planned, reached = parts[:-1]
    if not any(name):
        raise refusals.NotInParts
    return {
        "name": ": ".join(name),
        "planned": decimal(planned, 6, refusals.NoMeasure),
        "reached": decimal(reached, 6, refusals.NoMeasure),
        "better": better,
    }
