"""Run within a mount namespace of its own: an installation whose databases lie on a disk that gets full, twice.

First the tables can't grow, then the write-ahead log can't either, so that PostgreSQL gives up. Prints what happened.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import asyncpg

from deploy.child import StartFailed
from deploy.postgres.embedded import EmbeddedPostgres
from tests.faults.trial import trial
from tests.support.waiting import eventually

SIZE = "size=256m,mode=0700"
LONGER = 6
"""Seconds: a command is tried anew for four before its sender is told."""
BLOCK = b"\0" * 65536


def fill(folder: Path) -> None:
    """Until nothing more goes in."""
    with (folder / "filling").open("ab", buffering=0) as file, suppress(OSError):
        while file.write(BLOCK):
            pass


async def tables_cannot_grow(folder: Path) -> None:
    fill(folder)
    await asyncio.sleep(2)
    (folder / "filling").unlink()


async def log_cannot_grow(postgres: EmbeddedPostgres) -> None:
    """To be felt at once, the log's present file is declared full."""
    fill(postgres.folder)
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(postgres.dsn("postgres"))
        for _ in range(20):
            await connection.execute("select pg_logical_emit_message(true, 'full', repeat('x', 4000000))")
    await eventually(lambda: asyncio.sleep(0, not postgres.is_running))
    with suppress(StartFailed):
        postgres.start()
    await asyncio.sleep(LONGER)
    (postgres.folder / "filling").unlink()
    postgres.stop()
    postgres.start()


def small(disk: Path) -> None:
    disk.mkdir(mode=0o700, parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", disk], check=True)


async def main(folder: Path) -> dict[str, object]:
    home = folder / "home"
    small(home / "postgres")
    with EmbeddedPostgres(home) as postgres:
        async with trial(postgres, None, folder) as trying:
            await trying.while_cases_run(lambda: tables_cannot_grow(postgres.folder))
            first = len(trying.clients.unavailable)
            await trying.while_cases_run(lambda: log_cannot_grow(postgres))
            return {
                "unavailable": [first, len(trying.clients.unavailable) - first],
                "retry_after": sorted(set(map(str, trying.clients.unavailable))),
                "commands": len(trying.journal.told()),
                "wrong": await trying.wrong(),
            }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
