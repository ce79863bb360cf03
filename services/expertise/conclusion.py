"""What a conclusion says: points by criterion, whether to support, and why; one digest over its canonical JSON."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.expertise.refusals import PointsNotInScale
from shared.contracts.canonical import canonical
from shared.contracts.personal import Personal


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Scale(Frozen):
    """A criterion of the procedure's data: whole points from none to the most."""

    criterion: str
    most: int

    def __str__(self) -> str:
        return f"{self.criterion} 0…{self.most}"


class Findings(Frozen):
    """What an expert, or the conclusion, finds. `words` are sealed under the applicant's key."""

    points: dict[str, int]
    recommended: bool
    words: Personal


class Conclusion(Frozen):
    """A filed version. `corrects`: the digest of the version before, `reason`: why there is a later one."""

    number: int
    digest: str
    findings: Findings
    corrects: str | None = None
    reason: str | None = None


def must_fit(points: Mapping[str, int], scales: tuple[Scale, ...]) -> None:
    """Raises PointsNotInScale."""
    known = {s.criterion: s for s in scales}
    if points.keys() != known.keys() or any(not 0 <= p <= known[c].most for c, p in points.items()):
        raise PointsNotInScale(expected=(scales and [str(s) for s in scales]) or "-")


def text(
    application: UUID,
    materials: tuple[str, ...],
    opinions: Mapping[UUID, Findings],
    findings: Findings,
    corrects: str | None = None,
    reason: str | None = None,
) -> str:
    """Canonical JSON of a conclusion with the opinions that it rests on and the digests of what was examined."""
    said = {
        "application": str(application),
        "materials": list(materials),
        "opinions": {str(expert): _said(opinion) for expert, opinion in opinions.items()},
        "conclusion": _said(findings),
        "corrects": corrects,
        "reason": reason,
    }
    return canonical(said)


def _said(findings: Findings) -> dict[str, object]:
    return {"points": findings.points, "recommended": findings.recommended, "words": findings.words.text}
