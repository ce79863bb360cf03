"""Where the text of an evaluation contradicts itself, beside the contradictions and choices that its data declare."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reglament.law.lint.finding import Finding
from services.scoring.sheet.edition import Edition, load, scale_of
from shared.procedure.format import Contradiction


@dataclass(frozen=True)
class EvaluationReport:
    """What was found in one evaluation. `by_reading`: declared, and found by no rule; assumed choices too."""

    edition: Edition
    findings: tuple[Finding, ...]

    @property
    def code(self) -> str:
        return self.edition.evaluation.act.code

    def declared(self, finding: Finding) -> Contradiction | None:
        return next((c for c in self.edition.evaluation.scale.contradictions if finding.key in c.shows), None)

    @property
    def undeclared(self) -> list[Finding]:
        return [f for f in self.findings if self.declared(f) is None]

    @property
    def by_reading(self) -> list[Contradiction]:
        keys, scale = {f.key for f in self.findings}, self.edition.evaluation.scale
        return [c for c in (*scale.contradictions, *scale.choices) if not keys & set(c.shows)]

    def shown(self) -> dict[str, Any]:
        return {
            "evaluation": self.code,
            "findings": [f.shown(self.declared(f)) for f in self.findings],
            "by_reading": [c.model_dump(mode="json", exclude_unset=True) for c in self.by_reading],
        }


def evaluations(acts: Iterable[Path]) -> list[EvaluationReport]:
    """The evaluations among these acts' folders. Raises InvalidRegulation."""
    return [report(load(folder)) for folder in acts if scale_of(folder).is_file()]


def report(edition: Edition) -> EvaluationReport:
    return EvaluationReport(edition, (*_cites_otherwise(edition), *_read_otherwise(edition)))


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
