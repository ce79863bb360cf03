"""Backup and restore of an embedded installation: a file per service, and the vault in a folder of its own.

A restored log is read from its beginning: transaction ids of another cluster mean nothing here, so all are set to one
that is past, and cursors and read models are dropped; they are rebuilt from the log.
"""

import contextlib
import shutil
import subprocess
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
        files = [_dump(postgres, service, folder / "services") for service in services]
        if set(services) == set(SERVICES):
            files.append(_dump(postgres, "vault", folder / "vault"))
            _copy_secrets(home, folder / "vault")
    return files


async def restore(home: Path, folder: Path) -> list[str]:
    """Make a new installation in `home` from a backup of all services; returns what was restored."""
    if (home / "postgres").exists():
        raise CannotRestore(f"{home} holds an installation; restore into a new REGLAMENT_HOME")
    _must_be_young(folder / "vault" / "vault.dump")
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


def _dump(postgres: EmbeddedPostgres, name: str, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{name}.dump"
    _run("pg_dump", "--format=custom", "--exclude-schema=views", f"--file={file}", postgres.dsn(database(name)))
    return file


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


def _must_be_young(file: Path) -> None:
    if not file.exists():
        raise CannotRestore(f"{file} is missing: a restore needs a backup of all services with the vault")
    days = yaml.safe_load((Path(__file__).parent / "backup.yaml").read_text())["vault_days"]["value"]
    age = datetime.now(UTC) - datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if age > timedelta(days=days):
        raise CannotRestore(f"{file} is {age.days} days old; a backup of the vault is good for {days}")


async def _begin_anew(postgres: EmbeddedPostgres, service: str) -> None:
    connection = await asyncpg.connect(postgres.dsn(database(service)))
    try:
        await connection.execute(PAST)
        await connection.execute("delete from cursors; delete from held; delete from views")
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
