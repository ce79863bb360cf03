"""Texts for the rules: those of the product, changed copies of them, and an invented one without any fault."""

from collections.abc import Callable
from functools import cache
from typing import Any

from reglament.law.lint.finding import Text
from reglament.law.lint.report import report, texts
from shared.procedure.act import Act
from shared.procedure.editions import ACTS
from shared.procedure.format import Procedure

Change = Callable[[dict[str, Any]], object]


@cache
def products() -> dict[str, Text]:
    return {text.code: text for act in sorted(ACTS.glob("*/act.yaml")) for text in texts(act.parent)}


def changed(text: Text, *changes: Change) -> Text:
    """The same text with something else written in it."""
    said = text.procedure.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for change in changes:
        change(said)
    return Text(text.act, Procedure.model_validate(said), text.sisters)


def keys(text: Text) -> set[str]:
    """The keys of what the rules find, with the numbers that they compared."""
    return {finding.key for finding in report(text).findings}


def found(text: Text) -> set[str]:
    """What the rules find, whatever the numbers."""
    return {key.partition("=")[0] for key in keys(text)}


def invented() -> Text:
    """A text in which nothing contradicts anything: 5 + 1 + 3 + 2 working days are the 11 that it states."""
    council = products()["shymkent-2019/infrastructure"]
    act = Act.model_validate(council.act.model_dump(mode="json") | {"code": "invented-2030"})
    total = {"term": {"working_days": 11}, "from": {"moment": "receipt"}, "paragraph": "annex 2 §5"}
    clean = changed(council, lambda p: p.update(total=total, contradictions=[], code="support"))
    return Text(act, clean.procedure, ())
