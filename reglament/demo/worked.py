"""Worked cases: what happens in a case and what must come of it, worked by hand from the text, beside the procedure's data."""

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict

from shared.procedure.editions import Published, code_of, folders, load_all
from shared.procedure.format import Names


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(Data):
    """One thing that somebody does. `do`: the kind of a step, or withdraw, decline, close,
    ask-for-corrections, correct-package. Instants are in the act's zone."""

    do: str
    at: str
    receipt: str | None = None
    outcome: str | None = None
    ground: str | None = None
    sitting: str | None = None
    absent: int = 0
    in_favour: int = 0
    against: int = 0
    party: str | None = None


class ExpectedAction(Data):
    code: str
    started_at: str
    due_at: str
    completed_at: str


class Expected(Data):
    outcome: str
    actions: tuple[ExpectedAction, ...]


class Worked(Data):
    """One worked case of a procedure."""

    title: Names
    channel: Literal["paper", "portal"]
    acts: tuple[Act, ...]
    expect: Expected


class UnknownCase(Exception):
    """There is no such procedure, or it has no worked case of that name."""


def cases_of(code: str) -> dict[str, Path]:
    """The worked cases of a procedure, by name."""
    act, _, procedure = code.partition("/")
    found = [folder / "cases" / procedure for folder in folders() if code_of(folder) == act]
    return {p.stem: p for folder in found for p in sorted(folder.glob("*.yaml"))}


def load(code: str, name: str) -> tuple[Published, Worked]:
    """A procedure with one of its worked cases: of that name, or the first that ends with that result (contract, extract,
    refused). Raises UnknownCase, naming what there is."""
    published = load_all()
    if code not in published:
        raise UnknownCase(f"no procedure {code}; there are: {', '.join(sorted(published))}")
    cases = cases_of(code)
    if name in cases:
        return published[code], read(cases[name])
    ending = [worked for path in cases.values() if (worked := read(path)).expect.outcome == name]
    if not ending:
        raise UnknownCase(f"{code} has no worked case {name}; there are: {', '.join(cases) or 'none'}")
    return published[code], ending[0]


def read(path: Path) -> Worked:
    """The worked case in this file."""
    return Worked.model_validate(yaml.safe_load(path.read_text()))


def instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
