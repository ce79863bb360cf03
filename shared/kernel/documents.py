"""Document bytes: sealed under their person's key and kept by the service that took them, named by their SHA-256."""

import asyncio
import hashlib
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.vault import Keys
from shared.web.refusal import NotFound, Refused, TooLarge

KEEP = (
    "insert into documents(person, digest, media_type, size, sealed) values($1, $2, $3, $4, $5) on conflict do nothing"
)
FETCH = "select media_type, sealed from documents where person = $1 and digest = $2"
KEPT = "select digest, media_type, size from documents where person = $1 and digest = any($2::text[])"
FORGET = "delete from documents where person = $1"

MEGABYTES = 20
SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class UnknownFormat(Refused):
    """The bytes are no PDF, JPEG or PNG, whatever the file is called."""

    status = 422


class Kept(NamedTuple):
    """A document that is in the store; `size` in bytes."""

    digest: str
    media_type: str
    size: int


class Content(NamedTuple):
    media_type: str
    content: bytes


def media_type_of(content: bytes) -> str:
    """What the first bytes say. Raises UnknownFormat, TooLarge (over 20 MB)."""
    if len(content) > MEGABYTES * 1_000_000:
        raise TooLarge(megabytes=MEGABYTES)
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    raise UnknownFormat


async def keep(pool: Any, keys: Keys, person: UUID, content: bytes) -> Kept:
    """Keep a person's document; the same bytes again change nothing. Raises UnknownFormat, TooLarge."""
    kept = Kept("", media_type_of(content), len(content))
    digest, sealed = await asyncio.to_thread(_sealed, keys, person, content)
    await pool.execute(KEEP, person, digest, kept.media_type, kept.size, sealed)
    return kept._replace(digest=digest)


async def kept(pool: Any, person: UUID, digests: list[str]) -> dict[str, Kept]:
    """Which of these the store has of this person, by digest."""
    rows = await pool.fetch(KEPT, person, digests)
    return {r["digest"]: Kept(r["digest"], r["media_type"], r["size"]) for r in rows}


async def fetch(pool: Any, keys: Keys, person: UUID, digest: str) -> Content:
    """A document's bytes. Raises NotFound, also when the person was erased."""
    row = await pool.fetchrow(FETCH, person, digest)
    content = await asyncio.to_thread(keys.open_bytes, person, row["sealed"]) if row else None
    if content is None:
        raise NotFound
    return Content(row["media_type"], content)


async def forget(pool: Any, person: UUID) -> None:
    """Delete every document of a person."""
    await pool.execute(FORGET, person)


def _sealed(keys: Keys, person: UUID, content: bytes) -> tuple[str, bytes]:
    return hashlib.sha256(content).hexdigest(), keys.seal_bytes(person, content)
