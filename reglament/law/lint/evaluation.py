"""Where the text of an evaluation contradicts itself, beside the contradictions and choices that its data declare."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from reglament.law.lint.finding import Finding
from reglament.law.lint.report import Report
from services.scoring.sheet.edition import Edition, load, scale_of


def evaluations(acts: Iterable[Path]) -> list[Report]:
    """The evaluations among these acts' folders; assumed choices are declared too. Raises InvalidRegulation."""
    return [_report(load(folder)) for folder in acts if scale_of(folder).is_file()]


def _report(edition: Edition) -> Report:
    scale = edition.evaluation.scale
    found = (*_cites_otherwise(edition), *_read_otherwise(edition))
    return Report("evaluation", edition.evaluation.act.code, (*scale.contradictions, *scale.choices), found)


def _cites_otherwise(edition: Edition) -> Iterator[Finding]:
    """A row of the sheet that cites another norm than the criterion whose points it has."""
    for part in edition.evaluation.parts:
        for row in edition.rows(part.code):
            its, criterions = row.line.cites, row.criterion.cites
            if its != criterions:
                says = f"row {row.number} cites {its.en if its else 'nothing'}, its criterion {row.criterion.number} "
                says += criterions.en if criterions else "nothing"
                subject, paragraphs = f"{part.code}/{row.number}", (row.line.paragraph, row.criterion.paragraph)
                yield Finding(edition.evaluation.act.code, "cites-otherwise", subject, says, paragraphs)


def _read_otherwise(edition: Edition) -> Iterator[Finding]:
    """An outcome that isn't read as it is printed."""
    for criterion in edition.evaluation.scale.criteria:
        for scored in criterion.outcomes:
            if scored.read_as is not None:
                says = f"“{scored.says.en}” is read as “{scored.read_as.en}”"
                subject = f"{criterion.number}/{scored.code}"
                code = edition.evaluation.act.code
                yield Finding(code, "read-otherwise", subject, says, (criterion.paragraph,))
