"""A package: the same documents of the same applicant for the same procedure, lying in one open application at most.

The rule spans applications, so it is a stream of its own: whoever appends first at a version has the package.
"""

# ruff: noqa: ARG002 (the event names what the aggregate then holds)

from collections.abc import Iterable
from uuid import UUID

from eventsourcing.domain import event

from services.intake.application.refusals import SamePackage
from shared.contracts.intake import Document
from shared.identity.digests import keyed_digest
from shared.kernel.events import Aggregate, DomainEvent


def package_digest(secret: bytes, number: str, procedure: str, documents: Iterable[Document]) -> str:
    """What stands for applicant (IIN or BIN), procedure and the set of documents; paper counts by code and sheets."""
    contents = {d.digest or f"{d.code}:{d.sheets}" for d in documents}
    return keyed_digest(secret, "package", number, procedure, *sorted(contents))


class Package(Aggregate):
    """Who has the package: the application that took it last."""

    class Taken(Aggregate.Created):
        package: str
        application: UUID
        number: str

    class TakenAgain(Aggregate.Event):
        application: UUID
        number: str

    @staticmethod
    def create_id(package: str) -> str:
        return f"package:{package}"

    @event(Taken)
    def __init__(self, package: str, application: UUID, number: str) -> None:
        self.application, self.number = application, number

    def must_be_free(self, *, ended: bool) -> None:
        """`ended`: whether the case that took it last has ended. Raises SamePackage."""
        if not ended:
            raise SamePackage(number=self.number)

    @event(TakenAgain)
    def take(self, application: UUID, number: str) -> None:
        """Take the package for another application; ask before whether it is free."""
        self.application, self.number = application, number


STORED: dict[str, type[DomainEvent]] = {"package.taken": Package.Taken, "package.taken-again": Package.TakenAgain}
