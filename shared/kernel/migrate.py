"""Forward-only migrations: numbered SQL files, the kernel's first, then the service's, under one lock."""

import hashlib
import re
from pathlib import Path

import asyncpg

KERNEL = Path(__file__).parent / "migrations"
LOCK = "select pg_advisory_lock(7162001)"
TABLE = (
    "create table if not exists migrations("
    "name text primary key, digest text not null, at timestamptz not null default now())"
)
DONE = "select name, digest from migrations"
ROLE = re.compile(r"(?<!:):service\b")
NOTE = "insert into migrations(name, digest) values($1, $2)"


class MigrationChanged(Exception):
    """A migration that has run was edited afterwards: write a new one instead."""


async def migrate(dsn: str, service: str, *folders: Path) -> list[str]:
    """Apply what hasn't run yet, as the database's owner; returns the names applied. Two at once: one waits."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(LOCK)
        await connection.execute(TABLE)
        done = {r["name"]: r["digest"] for r in await connection.fetch(DONE)}
        applied = []
        for name, text in _files(KERNEL, *folders):
            digest = hashlib.sha256(text.encode()).hexdigest()
            if done.get(name, digest) != digest:
                raise MigrationChanged(name)
            if name not in done:
                async with connection.transaction():
                    await connection.execute(ROLE.sub(f'"{service}"', text))
                    await connection.execute(NOTE, name, digest)
                applied.append(name)
        return applied
    finally:
        await connection.close()


def _files(*folders: Path) -> list[tuple[str, str]]:
    files = [p for folder in folders for p in sorted(folder.glob("*.sql"))]
    return [(f"{p.parent.parent.name}/{p.name}", p.read_text()) for p in files]
