"""Commands about the regulations as data: lint them, list, show and compare procedures. They need no installation."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from reglament.demo import worked
from reglament.law.lint import coverage, show
from reglament.law.lint.evaluation import evaluations
from reglament.law.lint.finding import Text
from reglament.law.lint.report import Report, report, texts
from reglament.law.procedures import compare, find
from reglament.law.procedures import show as shown
from shared.procedure.editions import (
    InvalidRegulation,
    Wrong,
    acts_in,
    every,
    folders,
    load_act,
    load_all,
    must_be_distinct,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Folder = Annotated[Path | None, typer.Argument(help="An act's folder, or one of acts; all at hand, if left out.")]
UNDECLARED, INVALID = 1, 2
T = TypeVar("T")

app = typer.Typer(no_args_is_help=True)
procedures = typer.Typer(no_args_is_help=True, help="The procedures at hand.")


@app.command()
def lint(
    folder: Folder = None,
    covering: Annotated[
        bool, typer.Option("--coverage", help="Which facts stand at which sub-item, both ways.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find where the texts contradict themselves, by rule.

    Exit code 0: each finding is declared in the data; 1: one isn't, a fact stands at no paragraph or, of --coverage, a
    sub-item has no fact; 2: data that can't be read, with file and line.
    """
    acts = valid(lambda: list(acts_in(folder) if folder else folders()), as_json)
    by_act = valid(lambda: _texts(acts), as_json)
    read = [text for _, text in by_act]
    evaluated = valid(lambda: evaluations(acts), as_json)
    of_procedures = [report(text) for text in read]
    reports = [*of_procedures, *evaluated]
    undeclared = sum(len(r.undeclared) for r in reports)
    if covering:
        missing = _coverage(read, of_procedures, as_json)
        raise typer.Exit(UNDECLARED if missing or undeclared else 0)
    astray = [(text.code, *where) for text in read for where in coverage.astray(text)]
    beside = [str(wrong) for wrong in _beside(by_act)] if folder else []
    if as_json:
        found = {"procedures": [r.shown() for r in of_procedures], "evaluations": [r.shown() for r in evaluated]}
        say({**found, "undeclared": undeclared, "astray": astray, "beside": beside})
    else:
        print_lines(line for r in reports for line in show.lines(r))
        print_lines(f"{code}: {fact} is at {paragraph}, which the act doesn't have" for code, fact, paragraph in astray)
        typer.echo("".join(f"beside the acts at hand: {told}\n" for told in beside), err=True, nl=False)
    raise typer.Exit(UNDECLARED if undeclared or astray else 0)


def _texts(acts: list[Path]) -> list[tuple[Path, Text]]:
    """Each procedure of these acts beside its folder, with worked cases that can be played."""
    found = every(partial(texts, act) for act in acts)
    by_act = list(zip(acts, found, strict=True))
    must_be_distinct((act, t.edition) for act, read in by_act for t in read)
    every(partial(worked.check, act, [t.procedure for t in read]) for act, read in by_act)
    return [(act, text) for act, read in by_act for text in read]


def _beside(by_act: list[tuple[Path, Text]]) -> list[Wrong]:
    """What keeps these acts, which are sound alone, from running with those at hand."""
    ours = {act.resolve() for act, _ in by_act}
    try:
        at_hand = [(act, p.edition) for act in folders() if act.resolve() not in ours for p in load_act(act)]
        must_be_distinct([*at_hand, *((act, text.edition) for act, text in by_act)])
    except InvalidRegulation as bad:
        return bad.errors
    return []


def _coverage(read: list[Text], reports: list[Report], as_json: bool) -> bool:
    """Shows what stands where; whether anything is missing, in either direction."""
    by_text = list(zip(read, reports, strict=True))
    if as_json:
        say([_covered(text, found) for text, found in by_text])
    else:
        print_lines(line for text, found in by_text for line in show.coverage_lines(text, found))
    return any(not c.facts for text in read for c in coverage.covered(text)) or any(map(coverage.astray, read))


def _covered(text: Text, found: Report) -> dict[str, Any]:
    items = coverage.covered(text)
    return {
        "procedure": text.code,
        "sub_items": [{"about": c.about, "paragraph": c.paragraph, "facts": c.facts} for c in items],
        "missing": [c.paragraph for c in items if not c.facts],
        "astray": [{"fact": f, "paragraph": p} for f, p in coverage.astray(text)],
        "undeclared": [f.key for f in found.undeclared],
    }


@procedures.command("list")
def list_procedures(as_json: AsJson = False) -> None:
    """Every procedure at hand, with the interval in which its act is in force."""
    known = valid(load_all, as_json)
    if as_json:
        say([_line(code, p.edition.act.in_force, p.edition.procedure.title.en) for code, p in sorted(known.items())])
    else:
        print_lines(f"{code}  {p.edition.procedure.title.en}" for code, p in sorted(known.items()))


def _line(code: str, in_force: Any, title: str) -> dict[str, Any]:
    return {"code": code, "title": title, "in_force": in_force.model_dump(mode="json")}


@procedures.command("show")
def show_procedure(
    code: Annotated[str, typer.Argument(help="act/procedure, or the path of its file")],
    lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    as_json: AsJson = False,
) -> None:
    """One procedure: actions, terms, paragraphs, the portal, contradictions with the reading in use and why."""
    language = valid(lambda: find.language(lang), as_json)
    text = valid(lambda: find.text(code), as_json)
    found, edition = report(text), text.edition
    if as_json:
        say({**edition.model_dump(mode="json", by_alias=True, exclude_unset=True), "lint": found.shown()})
    else:
        print_lines([*shown.lines(edition, language), *(f"  {line}" for line in show.lines(found))])


@procedures.command("diff")
def diff_procedures(old: str, new: str, as_json: AsJson = False) -> None:
    """What changed from one edition to another, in words, and for whom. Each is act/procedure or a file's path."""
    before, after = valid(lambda: (find.edition(old), find.edition(new)), as_json)
    found = compare.changes(before, after)
    if as_json:
        say([{"whom": c.whom, "says": c.says} for c in found])
    else:
        print_lines((f"{c.whom}: {c.says}" for c in found) if found else ["Nothing changed."])


def valid(read: Callable[[], T], as_json: bool) -> T:
    """What was read; data that can't be say so with file, line and how to mend them, and the command ends with 2."""
    try:
        return read()
    except InvalidRegulation as bad:
        errors = [{"file": str(e.path), "line": e.line, "where": e.where, "what": e.what} for e in bad.errors]
        told = [str(e) for e in bad.errors]
    except find.Unknown as error:
        errors, told = [{"file": None, "line": None, "where": "", "what": str(error)}], [str(error)]
    if as_json:
        say({"errors": errors})
    else:
        typer.echo("\n".join(told), err=True)
    raise typer.Exit(INVALID)


def say(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
