"""Worked cases: what happens in a case and what must come of it, worked by hand from the text, beside the procedure's data."""

from functools import partial
from pathlib import Path

from reglament.demo.case import Worked
from reglament.demo.possible import faults
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
from shared.procedure.format import Procedure


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
    if wrong := [wrong_at(path, text, fault.loc, fault.what) for fault in faults(worked, procedure)]:
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
