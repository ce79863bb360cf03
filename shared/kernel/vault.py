"""The vault: one key per person, in a database of its own. Without its key a personal value can never be read again."""

import base64
import os
import re
from collections.abc import Iterable
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.personal import NoKeys

SEALED = re.compile(r'"person":\s*"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",\s*"sealed"')
SCHEMA = (
    "create table if not exists keys("
    "person uuid primary key, key bytea not null, created timestamptz not null default now())"
)
KEYS = "select person, key from keys where person = any($1::uuid[])"
CREATE = "insert into keys(person, key) values($1, $2) on conflict do nothing"
FORGET = "delete from keys where person = $1"
NONCE = 12


def persons_in(texts: Iterable[str]) -> set[UUID]:
    """Everyone whose sealed values stand in these texts."""
    found = {person for text in texts for person in SEALED.findall(text)}
    return {UUID(person) for person in found}


class Keys:
    """The keys that one unit of work reads and writes with; a snapshot, so that an erasure is seen by the next one."""

    def __init__(self, keys: dict[UUID, bytes]) -> None:
        self._keys = keys

    def seal(self, person: UUID, text: str) -> str:
        if person not in self._keys:
            raise NoKeys(f"there is no key for person {person}")
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self._keys[person]).encrypt(nonce, text.encode(), person.bytes)
        return base64.b64encode(nonce + sealed).decode()

    def open(self, person: UUID, sealed: str) -> str | None:
        if person not in self._keys:
            return None
        raw = base64.b64decode(sealed)
        try:
            return AESGCM(self._keys[person]).decrypt(raw[:NONCE], raw[NONCE:], person.bytes).decode()
        except InvalidTag:
            return None

    def seal_bytes(self, person: UUID, content: bytes) -> bytes:
        if person not in self._keys:
            raise NoKeys(f"there is no key for person {person}")
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._keys[person]).encrypt(nonce, content, person.bytes)

    def open_bytes(self, person: UUID, sealed: bytes) -> bytes | None:
        if person not in self._keys:
            return None
        return AESGCM(self._keys[person]).decrypt(sealed[:NONCE], sealed[NONCE:], person.bytes)

    def of(self, person: UUID) -> bool:
        """Whether there is a key of this person among them."""
        return person in self._keys

    def including(self, other: "Keys") -> "Keys":
        return Keys({**self._keys, **other._keys})


class Vault:
    """Access to the keys. Intake creates and deletes them; others may only read: the database's grants say so."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def keys(self, persons: Iterable[UUID]) -> Keys:
        wanted = list(set(persons))
        rows = await self.pool.fetch(KEYS, wanted) if wanted else []
        return Keys({r["person"]: r["key"] for r in rows})

    async def keys_for(self, texts: Iterable[str]) -> Keys:
        """The keys of everyone whose sealed values stand in these texts."""
        return await self.keys(persons_in(texts))

    async def create(self, person: UUID) -> None:
        await self.pool.execute(CREATE, person, AESGCM.generate_key(bit_length=256))

    async def forget(self, person: UUID) -> None:
        await self.pool.execute(FORGET, person)

    async def close(self) -> None:
        await self.pool.close()


class NoVault(Vault):
    """What a service has that may not read keys: to it everything sealed stays sealed, and it can seal nothing."""

    def __init__(self) -> None: ...

    async def keys(self, _: Iterable[UUID]) -> Keys:
        return Keys({})

    async def close(self) -> None: ...
