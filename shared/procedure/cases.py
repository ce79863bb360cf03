"""Reading cases from a service's log: rows to facts, facts and edition to a Case."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from pydantic_core import from_json

from shared.contracts.common import CaseFact
from shared.contracts.intake import ApplicationRegistered, EditionPublished
from shared.contracts.personal import Keys
from shared.contracts.topics import BY_TYPE
from shared.kernel.follow import Waiting
from shared.kernel.log import Log, Row
from shared.kernel.work import UnitOfWork
from shared.procedure import refusals
from shared.procedure.case import Case
from shared.procedure.editions import Published, read
from shared.procedure.facts import Fact

_texts: dict[str, str] = {}  # by digest: what a digest names never changes


def fact_of(row: Row, keys: Keys | None) -> Fact | None:
    """The fact in a row about an application; None for a fact about something else."""
    kind = BY_TYPE[row.source, row.type].fact
    if not issubclass(kind, CaseFact):
        return None
    return Fact(row.id, row.source, row.version, row.type, kind.model_validate_json(row.data, context=keys))


def build(
    service: str, subject: str, rows: Iterable[Row], keys: Keys | None, editions: Mapping[str, Published]
) -> Case:
    """The case that these rows make. Raises Waiting while its registration or its edition hasn't come."""
    facts = [fact for row in rows if (fact := fact_of(row, keys))]
    registered = next((f.body for f in facts if isinstance(f.body, ApplicationRegistered)), None)
    if registered is None:
        raise Waiting(subject)
    if registered.edition not in editions:
        raise Waiting(registered.edition)
    return Case(service, subject, facts, registered, editions[registered.edition])


async def editions_in(log: Log, rows: Iterable[Row]) -> dict[str, Published]:
    """The editions named by the registrations among these rows, as far as they have come."""
    digests = {_digest(row) for row in rows if row.type == ApplicationRegistered.name()}
    if missing := digests - _texts.keys():
        for row in await log.subjects(missing):
            published = read(EditionPublished.model_validate_json(row.data).edition)
            _texts[published.digest] = published.text
    return {d: read(_texts[d]) for d in digests if d in _texts}


async def case_of(work: UnitOfWork, application: UUID | str) -> Case:
    """The case in this unit of work, read once. Raises UnknownApplication, Waiting."""
    subject = str(application)
    if subject not in work.seen:
        rows = await work.facts(subject)
        if not rows:
            raise refusals.UnknownApplication
        work.seen[subject] = build(work.service.name, subject, rows, work.keys, await editions_in(work.log, rows))
    found: Case = work.seen[subject]
    return found


def _digest(row: Row) -> str:
    return str(from_json(row.data)["edition"])
