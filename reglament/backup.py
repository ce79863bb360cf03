"""Backup and restore of an embedded installation: a file per service, and the vault in a folder of its own.

All logs are held still while they are copied, so that no copy knows a fact which its owner's copy doesn't. A restored log
begins anew: transaction ids of another cluster mean nothing here, so all are set to one that is past; copies, relays and
read models start from the beginning, reactions where they stood.
"""

import contextlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import yaml

from deploy.postgres.binaries import binary
from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database, owner
from reglament import stores
from shared.contracts.intake import ApplicantErased
from shared.contracts.topics import SERVICES

SECRETS = ("installation.json", "secret", "signing-key.pem")
TAKEN = "taken.json"
HOLD_STILL = """set idle_in_transaction_session_timeout = 0; set transaction_timeout = 0;
  begin; lock table events in exclusive mode"""
REACTIONS = "%-reactions"
# A reaction goes on before the first fact that it hadn't taken up; one that it had decides from the case and does nothing.
STOOD = """update cursors c set tx = '3', position = coalesce(
  (select min(e.position) - 1 from events e where (e.tx, e.position) > (c.tx, c.position)),
  (select max(e.position) from events e), 0) where c.name like $1"""
PAST = "update events set tx = '3'"
ERASED = "select subject from events where type = $1"


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
                files.append(_dump(postgres, "vault", folder / "vault"))
                _copy_secrets(home, folder / "vault")
                _note_when(folder / "vault")
    return files


async def restore(home: Path, folder: Path) -> list[str]:
    """Make a new installation in `home` from a backup of all services; returns what was restored."""
    if (home / "postgres").exists():
        raise CannotRestore(f"{home} holds an installation; restore into a new REGLAMENT_HOME")
    _must_be_young(folder / "vault")
    _copy_secrets(folder / "vault", home)
    with EmbeddedPostgres(home) as postgres:
        await stores.create(postgres)
        names = [*SERVICES, "vault"]
        for name in names:
            _load(postgres, name, folder / ("vault" if name == "vault" else "services"))
        for service in SERVICES:
            await _begin_anew(postgres, service)
        await _erase_again(postgres)
    return names


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
    _run("pg_dump", "--format=custom", "--exclude-schema=views", f"--file={part}", postgres.dsn(database(name)))
    return part.rename(file)


def _note_when(folder: Path) -> None:
    (folder / TAKEN).write_text(json.dumps({"at": datetime.now(UTC).isoformat()}))


def _copy_secrets(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        shutil.copy2(source / name, target / name)


def _load(postgres: EmbeddedPostgres, name: str, folder: Path) -> None:
    _run("pg_restore", "--exit-on-error", f"--dbname={postgres.dsn(database(name))}", str(folder / f"{name}.dump"))


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(binary(program)), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise CannotRestore(f"{program}: {done.stderr.strip()[:500]}")


def _must_be_young(folder: Path) -> None:
    if not (folder / TAKEN).exists():
        raise CannotRestore(f"{folder} holds no backup of the vault: back up all services together")
    days = yaml.safe_load((Path(__file__).parent / "backup.yaml").read_text())["vault_days"]["value"]
    age = datetime.now(UTC) - datetime.fromisoformat(json.loads((folder / TAKEN).read_text())["at"])
    if age > timedelta(days=days):
        raise CannotRestore(f"the vault's backup is {age.days} days old; it is good for {days}")


async def _begin_anew(postgres: EmbeddedPostgres, service: str) -> None:
    connection = await asyncpg.connect(postgres.dsn(database(service)))
    try:
        await connection.execute("delete from cursors where name not like $1", REACTIONS)
        await connection.execute("delete from held where reader not like $1", REACTIONS)
        await connection.execute(STOOD, REACTIONS)
        await connection.execute("update held set tx = '3'")
        await connection.execute(PAST)
        await connection.execute("delete from views")
        await connection.execute(f"create schema views authorization {owner(service)}")
        await connection.execute(f"grant usage, create on schema views to {service}")
    finally:
        await connection.close()


async def _erase_again(postgres: EmbeddedPostgres) -> None:
    """Whoever was erased before the backup of a log stays erased, even if the vault's backup is older."""
    log = await asyncpg.connect(postgres.dsn(database("intake")))
    vault = await asyncpg.connect(postgres.dsn(database("vault")))
    try:
        erased = [r["subject"] for r in await log.fetch(ERASED, ApplicantErased.name())]
        await vault.execute("delete from keys where person = any($1::uuid[])", erased)
    finally:
        await log.close()
        await vault.close()
