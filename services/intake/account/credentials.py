"""Password hashes: the one thing about accounts that isn't in the log.

Each is kept under an id of its own before the account's fact names it, so that a command that is refused or loses a race
leaves the password as it was.
"""

from typing import Any
from uuid import UUID, uuid4

HASH = "select hash from credentials where id = $1"
KEEP = "insert into credentials(id, account, hash) values($1, $2, $3)"
FORGET_OLD = "delete from credentials where account = $1 and id is distinct from $2 and at < now() - interval '1 hour'"
FORGET = "delete from credentials where account = $1"


async def hash_of(pool: Any, credential: UUID | None) -> str | None:
    found: str | None = await pool.fetchval(HASH, credential)
    return found


async def keep(pool: Any, account: UUID, hashed: str, current: UUID | None) -> UUID:
    """Keep a hash beside the `current` one; returns its id. Those that no command can be about to name any more go."""
    credential = uuid4()
    await pool.execute(FORGET_OLD, account, current)
    await pool.execute(KEEP, credential, account, hashed)
    return credential


async def forget(pool: Any, account: UUID) -> None:
    await pool.execute(FORGET, account)
