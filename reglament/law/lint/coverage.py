"""Which facts of the data stand at which sub-item of the text, both ways, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from reglament.law.lint.finding import Text


@dataclass(frozen=True, slots=True)
class Covered:
    """One sub-item of the text with the facts that point at it."""

    procedure: str
    about: str
    paragraph: str
    facts: tuple[str, ...]


def covered(text: Text) -> list[Covered]:
    """Each sub-item that the act counts for this procedure."""
    pointing = facts(text)
    return [
        Covered(text.code, section.about, item, tuple(f for f, p in pointing if p == item))
        for section in text.act.sections
        if section.procedure == text.procedure.code
        for item in (f"{section.paragraph}.{n}" for n in range(1, section.items + 1))
    ]


def astray(text: Text) -> list[tuple[str, str]]:
    """Facts with a paragraph that the act doesn't have."""
    return [(fact, paragraph) for fact, paragraph in facts(text) if not _there(text, paragraph)]


def facts(text: Text) -> list[tuple[str, str]]:
    """Every fact of the procedure that names its paragraph, with it."""
    listed = text.procedure.participants
    numbered = [
        (f"participants.{who}", f"{listed.paragraph}.{n}")
        for n, who in enumerate(listed.listed if listed else (), 1)
        if listed
    ]
    return [*_named(text.procedure, ""), *numbered]


def _named(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        paragraph = getattr(value, "paragraph", None)
        if paragraph:
            yield name, paragraph
        for key in type(value).model_fields:
            yield from _named(getattr(value, key), f"{name}.{key}".strip("."))
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from _named(item, f"{name}.{getattr(item, 'code', n)}")


def _there(text: Text, paragraph: str) -> bool:
    part, _, number = paragraph.rpartition(" §")
    top, _, item = number.removeprefix("§").partition(".")
    last = text.act.paragraphs.get(part or text.act.unnamed_part, 0)
    counted = {s.paragraph: s.items for s in text.act.sections if s.procedure == text.procedure.code}
    whole = paragraph.partition(".")[0]
    within = not item or whole not in counted or int(item.split(".")[0]) <= counted[whole]
    return int(top.split("-")[0]) <= last and within
