"""Worked cases: what happens in a case and what must come of it, worked by hand from the text, beside the procedure's data."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from shared.procedure.basics import Data
from shared.procedure.editions import (
    InvalidRegulation,
    Published,
    Wrong,
    code_of,
    every,
    folders,
    load_all,
    read_file,
    wrong_at,
)
from shared.procedure.format import Names, Procedure
from shared.procedure.kinds import KINDS
from shared.procedure.sound import Fault

CHOSEN = {"withdraw": "withdrawn", "decline": "declined", "close": "closed"}
"""What an applicant or the provider may choose to do besides the steps, and how the case ends by it."""
ASKED = ("ask-for-corrections", "correct-package")
"""Corrections asked of the applicant, and the answer."""
OVERDUE = "overdue"
"""Nobody does anything: what is overdue by then has been escalated."""
ENTERED_LATER = ("check", "draw-protocol", "approve-protocol")


def _known(do: str) -> str:
    known = (*KINDS, *CHOSEN, *ASKED, OVERDUE)
    if do not in known:
        raise ValueError(f"nothing is called {do}; known: {', '.join(known)}")
    return do


def _local(at: str) -> str:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError('write day and hour as "2019-11-25 10:00"') from None
    if moment.tzinfo:
        raise ValueError("write the local time of the act's zone, without an offset")
    return at


Local = Annotated[str, AfterValidator(_local)]
"""Day and hour in the act's zone, in quotes."""


class Act(Data):
    """One thing that somebody does. `do`: the kind of a step, or withdraw, decline, close, ask-for-corrections,
    correct-package; `overdue` waits until what is overdue has been escalated. `stated`: when it happened, where it was
    entered only later. Instants are in the act's zone."""

    do: Annotated[str, AfterValidator(_known)]
    at: Local
    stated: Local | None = None
    receipt: Local | None = None
    outcome: Literal["admitted", "refused"] | None = None
    ground: str | None = None
    sitting: Local | None = None
    absent: int = 0
    in_favour: int = 0
    against: int = 0
    party: str | None = None


class ExpectedAction(Data):
    code: str
    started_at: Local
    due_at: Local
    completed_at: Local


class Escalation(Data):
    """An action that was told to the head as overdue, or such a telling withdrawn."""

    event: Literal["ActionEscalated", "EscalationWithdrawn"]
    action: str
    due_at: Local


class Expected(Data):
    """`escalations`: in their order; left out where nobody waited for them."""

    outcome: str
    actions: tuple[ExpectedAction, ...]
    escalations: tuple[Escalation, ...] = ()


class Worked(Data):
    """One worked case of a procedure."""

    title: Names
    channel: Literal["paper", "portal"]
    acts: tuple[Act, ...] = Field(min_length=1)
    expect: Expected


class UnknownCase(Exception):
    """There is no such procedure, or it has no worked case of that name."""


def cases_of(code: str) -> dict[str, Path]:
    """The worked cases of a procedure, by name."""
    act, _, procedure = code.partition("/")
    return {p.stem: p for folder in folders() if code_of(folder) == act for p in files(folder, procedure)}


def files(folder: Path, procedure: str) -> list[Path]:
    """The worked cases of a procedure of the act in this folder."""
    return sorted((folder / "cases" / procedure).glob("*.yaml"))


def load(code: str, name: str) -> tuple[Published, Worked]:
    """A procedure with one of its worked cases: of that name, or the first that ends with that result (contract, extract,
    refused). Raises UnknownCase, naming what there is, InvalidRegulation."""
    published = load_all()
    if code not in published:
        raise UnknownCase(f"no procedure {code}; there are: {', '.join(sorted(published))}")
    cases, procedure = cases_of(code), published[code].edition.procedure
    if name in cases:
        return published[code], read(cases[name], procedure)
    ending = [worked for path in cases.values() if (worked := read(path, procedure)).expect.outcome == name]
    if not ending:
        raise UnknownCase(f"{code} has no worked case {name}; there are: {', '.join(cases) or 'none'}")
    return published[code], ending[0]


def read(path: Path, procedure: Procedure) -> Worked:
    """The worked case in this file. Raises InvalidRegulation, also where the procedure has nothing of the kind."""
    worked = read_file(path, Worked)
    text = path.read_text()
    if wrong := [wrong_at(path, text, fault.loc, fault.what) for fault in _faults(worked, procedure)]:
        raise InvalidRegulation(wrong)
    return worked


def check(folder: Path, procedures: list[Procedure]) -> None:
    """Reads every worked case of the act in this folder. Raises InvalidRegulation with all that is wrong in them."""
    known = {p.code for p in procedures}
    homeless = [below for below in sorted(folder.glob("cases/*")) if below.name not in known]
    what = f"the act has no procedure of this name; there are: {', '.join(sorted(known))}"
    if homeless:
        raise InvalidRegulation([Wrong(below, None, "", what) for below in homeless])
    every(partial(read, path, p) for p in procedures for path in files(folder, p.code))


def _faults(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    if worked.acts[0].do != "register":
        yield Fault(("acts", 0, "do"), "a case begins with register")
    for i, act in enumerate(worked.acts):
        yield from (Fault(("acts", i, key), what) for key, what in _faults_of(act, procedure))
    for i, action in enumerate(worked.expect.actions):
        if action.code not in {a.code for a in procedure.actions}:
            yield Fault(("expect", "actions", i, "code"), f"there is no action {action.code}; name one by its code")


def _faults_of(act: Act, procedure: Procedure) -> Iterator[tuple[str, str]]:
    steps = [step for _, step in procedure.steps.values() if step.kind == act.do]
    grounds = {g.code for g in procedure.refusal_grounds}
    if act.do in KINDS and not steps:
        yield "do", f"no action of this procedure has a step of the kind {act.do}"
    if act.do == "check" and act.outcome is None:
        yield "do", "say the check's outcome: admitted or refused"
    if act.outcome == "refused" and act.ground not in grounds:
        yield "ground", f"name the ground of the refusal, one of: {', '.join(sorted(grounds))}"
    if act.do == "sign-contract" and steps and act.party not in steps[0].parts:
        yield "party", f"name who signs, one of: {', '.join(steps[0].parts)}"
    if act.stated and act.do not in ENTERED_LATER:
        yield "stated", f"only these are entered later here: {', '.join(ENTERED_LATER)}"


def instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
