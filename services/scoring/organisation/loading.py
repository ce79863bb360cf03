"""The organisation that a command or a reading is about."""

from uuid import UUID

from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.refusals import UnknownOrganisation
from shared.kernel.work import UnitOfWork


async def organisation_of(work: UnitOfWork, evaluation: UUID, bin: str) -> ManagedOrganisation:
    """Raises UnknownOrganisation."""
    found = await work.find(ManagedOrganisation, ManagedOrganisation.create_id(evaluation, bin))
    if found is None:
        raise UnknownOrganisation(organisation=bin)
    return found
