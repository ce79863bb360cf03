"""Public facts of the expertise: who examines an application, and what they concluded.

Experts are accounts; what they wrote of each other's conflicts of interest stays in the service's own store.
"""

from typing import Literal
from uuid import UUID

from shared.contracts.common import CaseFact, Digest
from shared.contracts.personal import Personal


class ExpertsNamed(CaseFact):
    """The institute's head named the experts, or another one in somebody's place; all of them as they are now."""

    experts: tuple[UUID, ...]
    lead: UUID
    why: Literal["named", "replaced"]


class ExpertiseConcluded(CaseFact):
    """The conclusion was filed and stands for ever: points by criterion, whether to support, and why. `digest` names its
    text; `step.pins` the materials that were examined."""

    digest: Digest
    recommended: bool
    points: dict[str, int]
    recommendations: Personal


class ExpertiseCorrected(CaseFact):
    """A later version of a filed conclusion, with the reason; what was decided on the earlier one stays so."""

    number: int
    digest: Digest
    corrects: Digest
    recommended: bool
    points: dict[str, int]
    recommendations: Personal
    reason: str
