"""`reglament score`: a sheet from facts in a file, without an installation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from reglament.law.commands import AsJson, print_lines, say, valid
from reglament.law.given import given, sound
from reglament.law.procedures import find
from services.scoring.sheet.compute import merged, score, tallies_of, verdicts_of
from services.scoring.sheet.edition import Edition, NoEdition, NoPart, edition_for
from services.scoring.sheet.effect import effect, replaced
from services.scoring.sheet.facts import Data, Fact, Facts, Number
from services.scoring.sheet.placed import fault_of, faults
from shared.procedure.editions import InvalidRegulation, Wrong

NOT_ENOUGH_DATA = 3


class Changed(Data):
    """A fact in place of every report of the same, of an organisation among the facts."""

    organisation: Number
    fact: Fact


def score_sheet(
    sheet: Annotated[str, typer.Argument(help="state-institutions, state-enterprises, joint-stock-companies …")],
    facts: Annotated[Path, typer.Argument(metavar="FACTS.json", help="Facts as facts.schema.json describes them.")],
    change: Annotated[
        Path | None, typer.Option("--if", metavar="CHANGE.json", help='What would change: {"organisation", "fact"}.')
    ] = None,
    lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    as_json: AsJson = False,
) -> None:
    """The evaluation sheet that follows from the facts, and why.

    Exit code 0: scored; 3: not enough data, with what is missing and who has it; 2: facts that can't be read, with the place.
    """
    language = valid(lambda: find.language(lang), as_json)
    read, edition = valid(lambda: _read(sheet, facts), as_json)
    scored = score(edition, sheet, read)
    changed = change and valid(lambda: _changed(edition, sheet, read, change), as_json)
    told = scored.shown(language) | ({} if changed is None else {"if": changed})
    if as_json:
        say(told)
    else:
        print_lines(_lines(told))
    raise typer.Exit(NOT_ENOUGH_DATA if scored.total is None else 0)


def _read(sheet: str, path: Path) -> tuple[Facts, Edition]:
    facts = given(path, Facts)
    sound(path, faults(facts))
    try:
        edition = edition_for(facts.period)
        edition.part(sheet)
    except (NoEdition, NoPart) as error:
        raise InvalidRegulation([Wrong(path, None, "", str(error))]) from None
    return facts, edition


def _changed(edition: Edition, sheet: str, facts: Facts, path: Path) -> dict[str, Any]:
    """The rows that would come out differently, and the total before and after."""
    change = given(path, Changed)
    sound(path, fault_of(change.fact, facts.period, "fact"))
    kind = edition.part(sheet).kind
    here = (o for o in merged(facts.organisations) if o.bin == change.organisation and o.kind == kind)
    organisation = next(here, None)
    if organisation is None:
        what = "the facts have no such organisation of this sheet; give the BIN of one that they have"
        raise InvalidRegulation([Wrong(path, None, "organisation", what)])
    tallies = tallies_of(verdicts_of(edition, sheet, facts))
    other = replaced(organisation, change.fact)
    changes = effect(edition, sheet, facts.period, tallies, organisation, other)
    others = (*(o for o in merged(facts.organisations) if o.bin != other.bin), other)
    total = score(edition, sheet, facts.model_copy(update={"organisations": others})).total
    return {
        "organisation": organisation.bin,
        "fact": change.fact.key,
        "rows": [{"row": c.row, "before": _came(*c.before), "after": _came(*c.after)} for c in changes],
        "total": total,
    }


def _came(outcome: str | None, points: int | None) -> dict[str, Any]:
    return {"outcome": outcome, "points": points}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for row in told["rows"]:
        points = "–" if row["points"] is None else row["points"]
        yield f"{row['number']:<4} {points:>2}/{row['max']}  {row['criterion']}"
        yield f"          {row['because']}"
        if row["organisations"]:
            yield f"          {' '.join(row['organisations'])}"
    yield f"     {'–' if told['total'] is None else told['total']:>2}/{told['max']}"
    for gap in told["missing"]:
        yield f"{gap['row']:<4} {gap['organisation'] or '–'}  {gap['fact']} ({gap['why']}): {gap['what']} ← {gap['from']}"
    if "if" in told:
        for row in told["if"]["rows"]:
            before, after = (f"{at['outcome'] or '–'} ({at['points']})" for at in (row["before"], row["after"]))
            yield f"{row['row']:<4} {before} → {after}"
        yield f"     → {told['if']['total']}/{told['max']}"
