"""An edition of the evaluation's data as it was first used here: kept with the facts, so that a sheet can be told years later."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime

from eventsourcing.domain import event

from services.scoring.sheet.edition import Edition, read
from shared.kernel.events import Aggregate, DomainEvent


class AdoptedEdition(Aggregate):
    """One edition; its digest names it."""

    class Adopted(Aggregate.Created):
        digest: str
        text: str
        at: datetime

    @staticmethod
    def create_id(digest: str) -> str:
        return f"scale:{digest}"

    @event(Adopted)
    def __init__(self, digest: str, text: str, at: datetime) -> None:
        self.text = text

    @property
    def edition(self) -> Edition:
        return read(self.text)


STORED: dict[str, type[DomainEvent]] = {"scale.adopted": AdoptedEdition.Adopted}
