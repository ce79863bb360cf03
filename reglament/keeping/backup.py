"""Backup of an installation in its home: a file per service, and the vault in a folder of its own.

All logs are held still while they are copied, so that no copy knows a fact which its owner's copy doesn't.
"""

import contextlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.postgres.binaries import binary
from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database
from shared.contracts.topics import SERVICES

SECRETS = ("installation.json", "secret", "signing-key.pem")
TAKEN = "taken.json"
HOLD_STILL = """set idle_in_transaction_session_timeout = 0; set transaction_timeout = 0;
  begin; lock table events in exclusive mode"""


class CannotRestore(Exception):
    """The backup, or where it is to go, isn't fit; the message says how to mend it."""


async def backup(home: Path, folder: Path, services: tuple[str, ...] = SERVICES) -> list[Path]:
    """Write each service's database, and with all of them the vault; the installation may run or not.

    Returns the files. Raises CannotRestore when there is nothing to back up.
    """
    if not (home / "installation.json").exists():
        raise CannotRestore(f"{home} holds no installation")
    postgres = EmbeddedPostgres(home)
    with contextlib.ExitStack() as started:
        if postgres.served_by is None:
            started.enter_context(postgres)
        async with _held_still(postgres, services):
            files = [_dump(postgres, service, folder / "services") for service in services]
            if set(services) == set(SERVICES):
                files += [_dump(postgres, name, folder / "services") for name in _clock_of(home)]
                files.append(_dump(postgres, "vault", folder / "vault"))
                copy_secrets(home, folder / "vault")
                _note_when(folder / "vault")
    return files


@contextlib.asynccontextmanager
async def _held_still(postgres: EmbeddedPostgres, services: tuple[str, ...]) -> AsyncIterator[None]:
    """Readers go on, writers wait; the locks fall with the connections."""
    async with contextlib.AsyncExitStack() as held:
        for service in sorted(services):
            connection = await asyncpg.connect(postgres.dsn(database(service)))
            held.push_async_callback(connection.close)
            await connection.execute(HOLD_STILL)
        yield


def _dump(postgres: EmbeddedPostgres, name: str, folder: Path) -> Path:
    """Whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, part = folder / f"{name}.dump", folder / f"{name}.part"
    run("pg_dump", "--format=custom", "--exclude-schema=views", f"--file={part}", postgres.dsn(database(name)))
    part.chmod(0o600)
    return part.rename(file)


def _clock_of(home: Path) -> list[str]:
    """The database of the legal clock, which only a demonstration has."""
    return ["demonstration"] if json.loads((home / "installation.json").read_text())["demonstration"] else []


def _note_when(folder: Path) -> None:
    (folder / TAKEN).write_text(json.dumps({"at": datetime.now(UTC).isoformat()}))


def copy_secrets(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        shutil.copy2(source / name, target / name)


def run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(binary(program)), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise CannotRestore(f"{program}: {done.stderr.strip()[:500]}")
