"""Password hashes: the one thing about accounts that isn't in the log."""

from typing import Any
from uuid import UUID

HASH = "select hash from credentials where account = $1"
SET = (
    "insert into credentials(account, hash) values($1, $2)"
    " on conflict (account) do update set hash = excluded.hash, at = now()"
)
FORGET = "delete from credentials where account = $1"


async def hash_of(pool: Any, account: UUID) -> str | None:
    found: str | None = await pool.fetchval(HASH, account)
    return found


async def set_hash(pool: Any, account: UUID, hashed: str) -> None:
    await pool.execute(SET, account, hashed)


async def forget(pool: Any, account: UUID) -> None:
    await pool.execute(FORGET, account)
