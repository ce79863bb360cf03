"""Data of invented persons, chosen so that each can be found wherever it got to."""

from typing import Any

from tests.journeys.filing import package

NAME, PHONE, EMAIL = "Таңбалы Белгібайұлы", "+77019998877", "belgi.tanba@example.kz"
TITLE = "Белгілі наубайхана"


def marked(number: str) -> dict[str, Any]:
    """A clerk's input about somebody marked."""
    given = package(number)
    applicant = {**given["applicant"], "name": NAME, "phone": PHONE, "email": EMAIL}
    return {**given, "applicant": applicant, "project": {**given["project"], "title": TITLE}}


def marks(*numbers: str) -> tuple[str, ...]:
    """What mustn't be found, as people write it and as JSON or a URL may."""
    plain = (*numbers, NAME, NAME.split()[0], PHONE, PHONE[1:], EMAIL)
    escaped = [mark.encode("ascii", "backslashreplace").decode() for mark in plain]
    return tuple(dict.fromkeys((*plain, *escaped)))


def found_in(text: str, wanted: tuple[str, ...]) -> set[str]:
    return {mark for mark in wanted if mark in text}
