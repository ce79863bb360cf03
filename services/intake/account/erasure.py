"""Erasing a person: refused while it must not be, then in three steps, each of which may be repeated.

First the account closes, so that nothing new can be filed under it; then the key, the documents and the password go;
only then is it told, since readers build their rows anew when they hear of it and must not find the key any more.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml

from services.intake.account import credentials, find
from services.intake.account.refusals import CasesOpen, RetentionRuns
from shared.contracts.intake import ApplicantErased
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of


@cache
def years_kept() -> int:
    """How many years a person's cases are kept after the last one ended; assumed."""
    data = yaml.safe_load(Path(__file__).with_name("retention.yaml").read_text())
    return int(data["after_last_case"]["years"])


async def close(work: UnitOfWork, account: UUID) -> str:
    """Close the account for good. Raises CasesOpen, RetentionRuns, StillInOffice."""
    found = await find.ever(work, account)
    if found.erased or found.account != account:
        return str(account)
    cases = [await case_of(work, application) for application in found.applications]
    if numbers := [c.registered.number for c in cases if not c.progress.ended]:
        raise CasesOpen(numbers=numbers)
    until = max((_years_later(c.progress.ended.at) for c in cases if c.progress.ended), default=work.now)
    if until > work.now:
        raise RetentionRuns(until=until.date())
    found.erase()
    work.save(found)
    return str(account)


async def forget(work: UnitOfWork, account: UUID) -> None:
    """Delete the key, then what it sealed."""
    await work.vault.forget(account)
    await documents.forget(work.log.pool, account)
    await credentials.forget(work.log.pool, account)


async def tell(work: UnitOfWork, account: UUID) -> str:
    """Tell every service, once."""
    if not any(row.type == ApplicantErased.name() for row in await work.facts(str(account))):
        work.record(str(account), ApplicantErased(happened_at=work.now))
    return str(account)


def _years_later(at: datetime) -> datetime:
    try:
        return at.replace(year=at.year + years_kept())
    except ValueError:  # 29 February
        return at.replace(year=at.year + years_kept(), day=28)
