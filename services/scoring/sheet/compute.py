"""From facts to the sheet: for organisations in memory, or from tallies that a database counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from services.scoring.sheet.edition import Edition, Row
from services.scoring.sheet.facts import Facts, Organisation
from services.scoring.sheet.questions import verdict_by
from services.scoring.sheet.result import Missing, Sheet, SheetRow
from services.scoring.sheet.rules import asks_of_last_year, outcome
from services.scoring.sheet.scale import Asks, Scale, Scored
from services.scoring.sheet.settled import settled
from services.scoring.sheet.tally import Counted, Lack, Outcome, Tally, Verdict
from shared.procedure.basics import Names
from shared.texts.languages import LANGUAGES, Language
from shared.texts.paragraphs import paragraph_text

Deciding = Callable[[Row, Outcome], Iterable[str]]
"""BINs of the organisations that an outcome was decided by (see `Outcome.decided_by`), in order."""
Lacking = Callable[[Row], Iterable[tuple[str, Lack]]]
"""Every lack of a row with the organisation's BIN, in order."""
Verdicts = Mapping[str, Mapping[str, Verdict]]
"""By the row's number, then by BIN."""


def score(edition: Edition, part: str, facts: Facts) -> Sheet:
    """The sheet of a part from organisations in memory; those of another kind belong to other parts. Raises NoPart."""
    found = verdicts_of(edition, part, facts)

    def deciding(row: Row, came: Outcome) -> Iterator[str]:
        return (bin_ for bin_, v in found[row.number].items() if came.decided_by(v.standing, v.before))

    def lacking(row: Row) -> Iterator[tuple[str, Lack]]:
        return ((bin_, lack) for bin_, v in found[row.number].items() for lack in v.lacks)

    return sheet_of(edition, part, facts.period, tallies_of(found), deciding, lacking)


def tallies_of(found: Verdicts) -> dict[str, Tally]:
    """The count of each row's verdicts, by the row's number."""
    return {number: _tally(verdicts.values()) for number, verdicts in found.items()}


def verdicts_of(edition: Edition, part: str, facts: Facts) -> Verdicts:
    """How each organisation of the part's kind stands in each row, by BIN in order. Raises NoPart."""
    kind, rows = edition.part(part).kind, edition.rows(part)
    found: dict[str, dict[str, Verdict]] = {row.number: {} for row in rows}
    for organisation in sorted(merged(facts.organisations), key=lambda o: o.bin):
        if organisation.kind == kind:
            known = settled(organisation.facts)
            for row in rows:
                found[row.number][organisation.bin] = verdict_by(row, known, facts.period)
    return found


def merged(organisations: Iterable[Organisation]) -> list[Organisation]:
    """Each organisation once, with everything that was reported of it anywhere."""
    by_bin: dict[str, Organisation] = {}
    for organisation in organisations:
        known = by_bin.get(organisation.bin)
        facts = (*known.facts, *organisation.facts) if known else organisation.facts
        by_bin[organisation.bin] = organisation.model_copy(update={"facts": facts}) if known else organisation
    return list(by_bin.values())


def sheet_of(
    edition: Edition, part: str, period: int, tallies: Mapping[str, Tally], deciding: Deciding, lacking: Lacking
) -> Sheet:
    """The sheet of a part from the tally of each row (by number; one that isn't there is empty). Raises NoPart."""
    scale = edition.evaluation.scale
    rows: list[SheetRow] = []
    missing: list[Missing] = []
    for row in edition.rows(part):
        tally = tallies.get(row.number, Tally({}))
        came = outcome(row, tally)
        if came is None:
            missing += _missing(row, tally, lacking, scale)
        rows.append(_row(row, tally, came, tuple(deciding(row, came)) if came else (), scale))
    return Sheet(edition.digest, part, period, tuple(rows), edition.part(part).max, tuple(missing))


def _tally(verdicts: Iterable[Verdict]) -> Tally:
    counted = Counter((v.standing, v.before, bool(v.assumed)) for v in verdicts)
    return Tally.of(Counted(now, before, n, n if assumed else 0) for (now, before, assumed), n in counted.items())


def _row(row: Row, tally: Tally, came: Outcome | None, organisations: Sequence[str], scale: Scale) -> SheetRow:
    criterion = row.criterion
    scored = criterion.scored(came.code) if came else None
    return SheetRow(
        number=row.number,
        criterion=row.title,
        outcome=None if came is None else came.code,
        points=None if scored is None else scored.points,
        max=criterion.max,
        paragraph=criterion.paragraph,
        because=_because(row, tally, scored, scale),
        organisations=tuple(organisations),
        assumed=tally.assumed,
    )


def _because(row: Row, tally: Tally, scored: Scored | None, scale: Scale) -> Names:
    template = scale.reasons[row.criterion.rule if scored else "not-enough-data"]
    numbers = {
        "against": tally.now("against"),
        "kept": tally.now("for"),
        "apart": tally.now("apart"),
        "missing": tally.lacking(asks_of_last_year(tally)),
        "before": "–" if tally.before("missing") else tally.before("against"),
        "all": tally.organisations,
    }
    said = (scored.read_as or scored.says).model_dump() if scored else dict.fromkeys(LANGUAGES, "")

    def told(language: Language) -> str:
        words = {"outcome": said[language], "paragraph": paragraph_text(row.criterion.paragraph, language)}
        pattern: str = getattr(template, language)
        return pattern.format(**words, **numbers)

    return Names(**{language: told(language) for language in LANGUAGES})


def _missing(row: Row, tally: Tally, lacking: Lacking, scale: Scale) -> Iterator[Missing]:
    """The facts that a row waits for; no organisation at all, or none that the row concerns."""
    asks = row.criterion.question.asks
    if not tally.lacking(asks_of_last_year(tally)):
        about: Literal["organisation"] | Asks = asks if tally.organisations else "organisation"
        told = scale.facts[about]
        yield Missing(row.number, None, about, "not-reported", told.what, told.whom)
    told = scale.facts[asks]
    for organisation, lack in lacking(row):
        if not lack.before or asks_of_last_year(tally):
            yield Missing(row.number, organisation, lack.fact, lack.why, told.what, told.whom)
