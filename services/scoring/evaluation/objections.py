"""Objections of the evaluated body: for how long and on which grounds they may come. Data, assumed."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict

from shared.calendar.calendar import calendar
from shared.calendar.due import Due, due
from shared.calendar.term import Term
from shared.procedure.act import Act
from shared.procedure.basics import Names


class Objecting(BaseModel):
    """The term in working days, counted by the act's calendar, and the grounds by their codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assumed: Literal[True]
    working_days: int
    grounds: dict[str, Names]

    def due(self, sent: datetime, act: Act) -> Due:
        """Until when the body may object to what was sent to it then."""
        return due(sent, Term(working_days=self.working_days), calendar(act.zone, act.calendar))


@cache
def objecting() -> Objecting:
    return Objecting.model_validate(yaml.safe_load((Path(__file__).parent / "objections.yaml").read_text()))


class Answer(BaseModel):
    """The authority's answer. What is upheld is put right before anything is approved."""

    model_config = ConfigDict(frozen=True)

    upheld: bool
    words: str
    by: UUID
    at: datetime


class Objection(BaseModel):
    """What the body objects to: a row, an organisation, or the sheet as a whole. `against`: the digest of that sheet, as it
    was to be signed; `title`: what the ground was called then."""

    model_config = ConfigDict(frozen=True)

    number: int
    by: UUID
    against: str
    ground: str
    title: Names
    row: str | None
    organisation: str | None
    words: str
    at: datetime
    answer: Answer | None = None

    @property
    def upheld(self) -> bool:
        return self.answer is not None and self.answer.upheld

    def repeats(self, other: "Objection") -> bool:
        """Whether it says of the same sheet what the other said."""
        return self.model_copy(update={"number": other.number, "at": other.at, "answer": other.answer}) == other
