"""Numbers of applications: given in order by provider and year, and looked up again."""

from datetime import date
from typing import Any
from uuid import UUID

from shared.kernel.work import UnitOfWork
from shared.procedure.format import Provider

BY_NUMBER = "select subject from events where type = 'ApplicationRegistered' and data::jsonb ->> 'number' = $1"
NEXT = (
    "insert into numbers(provider, year, last) values($1, $2, 1)"
    " on conflict (provider, year) do update set last = numbers.last + 1 returning last"
)


async def next_number(pool: Any, provider: Provider, day: date) -> str:
    """A new number, `KRG/2019/000042`; one that is then not used leaves a gap."""
    last = await pool.fetchval(NEXT, provider.code, day.year)
    return f"{provider.number_prefix}/{day.year}/{last:06d}"


async def application_by_number(work: UnitOfWork, number: str) -> UUID | None:
    subject = await work.log.pool.fetchval(BY_NUMBER, number)
    return UUID(subject) if subject else None
