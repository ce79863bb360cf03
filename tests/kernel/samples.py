"""A lending library small enough to see the kernel through: loans, their public facts, and rows made by hand."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.domain import event

from shared.contracts.common import PublicFact
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.kernel.events import Aggregate, DomainEvent
from shared.kernel.log import Batch, Log, NewRow, Place, Row
from shared.kernel.vault import Vault
from shared.kernel.work import SYSTEM, Service, UnitOfWork, Who
from tests.support.stores import MARCH_2019, tiny_service

CLERK = Who(UUID(int=7), Role.CHANCELLERY, "karaganda")


class Loan(Aggregate):
    """One book lent to one person."""

    class Opened(Aggregate.Created):
        title: str
        borrower: Personal | None

    class Renewed(Aggregate.Event):
        days: int

    @staticmethod
    def create_id(title: str) -> str:
        return f"loan:{title}"

    @event(Opened)
    def __init__(self, title: str, borrower: Personal | None = None) -> None:
        self.title, self.borrower, self.days = title, borrower, 14

    def renew(self, days: int) -> None:
        self._renewed(days)

    @event(Renewed)
    def _renewed(self, days: int) -> None:
        self.days += days


class LoanOpened(PublicFact):
    title: str
    borrower: Personal | None = None


class LoanRenewed(PublicFact):
    days: int


STORED: dict[str, type[Any]] = {"loan.opened": Loan.Opened, "loan.renewed": Loan.Renewed}


def publish(event: DomainEvent, loan: Any, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    match event:
        case Loan.Opened():
            yield loan.title, LoanOpened(happened_at=work.now, title=loan.title, borrower=loan.borrower)
        case Loan.Renewed():
            yield loan.title, LoanRenewed(happened_at=work.now, days=event.days)


def service(name: str = "archive") -> Service:
    return tiny_service(name, STORED, publish)


def work_on(log: Log, vault: Vault, who: Who = SYSTEM) -> UnitOfWork:
    return UnitOfWork(log, service(log.service), vault, MARCH_2019, who)


async def open_loan(work: UnitOfWork, title: str, borrower: Personal | None = None) -> str:
    await work.find(Loan, f"loan:{title}")
    work.save(Loan(title, borrower))
    return title


async def renew_loan(work: UnitOfWork, title: str, days: int = 7) -> str:
    loan = await work.load(Loan, f"loan:{title}")
    await work.facts(title)
    loan.renew(days)
    work.save(loan)
    return title


def row(
    stream: str,
    version: int,
    subject: str | None = None,
    kind: str = "Noted",
    data: str = "{}",
    origin: str | None = None,
    id: UUID | None = None,
) -> NewRow:
    """A row as a writer hands it in; its hash isn't a real one."""
    meta = json.dumps({"class_version": 1, "hash": "0"})
    return NewRow(id or uuid4(), stream, version, subject, kind, data, meta, datetime.now(UTC), origin)


def noted(subject: str, version: int, kind: str = "Noted", service: str = "library", data: str = "{}") -> NewRow:
    """A public fact that came from another service."""
    return row(f"{service}:{subject}", version, subject, kind, data, origin=service)


async def put(log: Log, *rows: NewRow) -> None:
    await log.append(Batch(rows))


async def whole(log: Log) -> list[Row]:
    """Everything in the log, in its order."""
    return await log.pool.fetch("select * from events order by tx, position")


async def caught_up(log: Log, reader: str, where: str = "subject is not null") -> bool:
    """Whether this follower has come to the end of the log."""
    cursor = await log.pool.fetchrow("select tx, position from cursors where name = $1", reader)
    return cursor is not None and Place(*tuple(cursor)) >= await log.head(where)
