"""The sheet: a row for each scored indicator of a part, its total, and what is missing."""

from dataclasses import dataclass
from typing import Any, Literal

from shared.procedure.basics import Names
from shared.texts.languages import Language


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that a row can't be scored without: of which organisation (BIN; None: there is none at all), which fact (its key),
    whether it is missing or contradictory (to be settled), and who has it."""

    row: str
    organisation: str | None
    fact: str
    why: Literal["not-reported", "contradictory"]
    what: Names
    whom: Names

    def shown(self, language: Language) -> dict[str, Any]:
        return {
            "row": self.row,
            "organisation": self.organisation,
            "fact": self.fact,
            "why": self.why,
            "what": getattr(self.what, language),
            "from": getattr(self.whom, language),
        }


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One scored row. `outcome` and `points` are None where the facts aren't enough. `paragraph`: of the scale, annex 1.
    `organisations`: BINs of those whose fact decided it, in order. `assumed`: how many organisations stand by an assumed fact."""

    number: str
    criterion: Names
    outcome: str | None
    points: int | None
    max: int
    paragraph: str
    because: Names
    organisations: tuple[str, ...]
    assumed: int

    def shown(self, language: Language) -> dict[str, Any]:
        return {
            "number": self.number,
            "criterion": getattr(self.criterion, language),
            "outcome": self.outcome,
            "points": self.points,
            "max": self.max,
            "paragraph": self.paragraph,
            "because": getattr(self.because, language),
            "organisations": list(self.organisations),
            "assumed": self.assumed,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """The evaluation sheet of one part and period under one edition (its digest). `total` is None while something is missing."""

    edition: str
    part: str
    period: int
    rows: tuple[SheetRow, ...]
    max: int
    missing: tuple[Missing, ...]

    @property
    def total(self) -> int | None:
        points = [row.points for row in self.rows]
        return None if None in points else sum(p for p in points if p is not None)

    def shown(self, language: Language) -> dict[str, Any]:
        told: dict[str, Any] = {"edition": self.edition, "part": self.part, "period": self.period}
        told |= {"rows": [row.shown(language) for row in self.rows], "total": self.total, "max": self.max}
        return told | {"missing": [m.shown(language) for m in self.missing]}
