"""Numbers of the register of outgoing papers: by provider, paper and year. Gaps are allowed."""

from datetime import date
from typing import Any

from shared.procedure.format import Provider

NEXT = (
    "insert into numbers(provider, paper, year, last) values($1, $2, $3, 1)"
    " on conflict (provider, paper, year) do update set last = numbers.last + 1 returning last"
)


async def next_number(pool: Any, provider: Provider, paper: str, day: date) -> str:
    """The next number, such as KRG/2019/extract/12."""
    last = await pool.fetchval(NEXT, provider.code, paper, day.year)
    return f"{provider.number_prefix}/{day.year}/{paper}/{last}"
