"""A command that shows each time that it took effect, and a reaction that does."""

from collections.abc import Awaitable, Callable

from shared.contracts.intake import ApplicationAdmitted
from shared.kernel.log import Row
from shared.kernel.work import UnitOfWork
from shared.transport.parked import Seal
from tests.kafka.facts import body

SEAL = Seal(b"the installation's secret")
ADMITTED = ApplicationAdmitted.model_validate_json(body("ApplicationAdmitted"))


def admitting(application: str) -> Callable[[UnitOfWork], Awaitable[str]]:
    async def command(work: UnitOfWork) -> str:
        await work.facts(application)
        return str(work.record(application, ADMITTED))

    return command


async def when_admitted_then_note(work: UnitOfWork, row: Row) -> None:
    """Its fact is about another subject, to which it doesn't react again."""
    if not (row.subject or "").startswith("note"):
        await work.facts(f"note-{row.subject}")
        work.record(f"note-{row.subject}", ADMITTED)
