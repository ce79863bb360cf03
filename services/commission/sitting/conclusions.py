"""What the expertise concluded on an application: every version, and which of them lay before the body."""

from pydantic import BaseModel, Field

from services.commission.sitting.state import Item
from shared.contracts.expertise import ExpertiseConcluded, ExpertiseCorrected
from shared.procedure.case import Case


class ConclusionShown(BaseModel):
    """A version of the conclusion. `seen`: it lay there when the item was put on the agenda, or discussed if it is;
    `later`: it came after that."""

    number: int
    digest: str
    recommended: bool
    points: dict[str, int]
    words: str | None = Field(description="Absent once they were erased")
    reason: str | None = Field(description="Why there is a later version")
    seen: bool
    later: bool


def versions(case: Case) -> list[ExpertiseConcluded | ExpertiseCorrected]:
    """In the order in which they were filed."""
    facts = sorted(case.facts.values(), key=lambda f: f.version)
    return [f.body for f in facts if isinstance(f.body, ExpertiseConcluded | ExpertiseCorrected)]


def newest(case: Case) -> str | None:
    """The digest of the newest version that has come."""
    filed = versions(case)
    return filed[-1].digest if filed else None


def conclusions_shown(case: Case, item: Item) -> list[ConclusionShown]:
    filed = versions(case)
    seen = next((place for place, version in enumerate(filed) if version.digest == item.conclusion), None)
    return [
        ConclusionShown(
            number=place + 1,
            digest=version.digest,
            recommended=version.recommended,
            points=version.points,
            words=version.recommendations.text,
            reason=version.reason if isinstance(version, ExpertiseCorrected) else None,
            seen=place == seen,
            later=seen is not None and place > seen,
        )
        for place, version in enumerate(filed)
    ]
