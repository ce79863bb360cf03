"""Restoring from a backup: a whole new installation, or one service of an installation that stands still.

A restored log begins anew: transaction ids of another cluster mean nothing here, so all are set to one that is past;
copies, relays and read models start from the beginning, reactions where they stood.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import yaml

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database, ensure_database, owner
from reglament.keeping import stores
from reglament.keeping.backup import SECRETS, TAKEN, CannotRestore, copy_secrets, run
from reglament.keeping.home import SHOWN, Home, write_privately
from shared.contracts.intake import ApplicantErased
from shared.contracts.topics import READERS, SERVICES

REACTIONS = "%-reactions"
# A reaction goes on before the first fact that it hadn't taken up; one that it had decides from the case and does nothing.
STOOD = """update cursors c set tx = '3', position = coalesce(
  (select min(e.position) - 1 from events e where (e.tx, e.position) > (c.tx, c.position)),
  (select max(e.position) from events e), 0) where c.name like $1"""
PAST = "update events set tx = '3'"
ERASED = "select subject from events where type = $1"
# What this service has of a neighbour's facts, and what was sent to it, it gets once more.
SEND_AGAIN = "delete from cursors where name = $1 or name like 'kafka:%'"


async def restore_all(home: Path, folder: Path) -> list[str]:
    """Make a new installation in `home` from a backup of all services; returns what was restored.

    It is made beside and put in place at the end: what fails leaves nothing. Raises CannotRestore.
    """
    _must_be_new(home)
    _must_be_young(folder / "vault")
    files = _files(folder)
    beside = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        copy_secrets(folder / "vault", beside)
        await _fill(beside, files)
        write_privately(beside / SHOWN, "")
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return list(files)


async def restore_service(home: Path, folder: Path, service: str) -> int:
    """Put one service's database back into an installation that stands still.

    Returns how many of its public facts the neighbours have and the backup hasn't: with any, it will take no commands.
    The old database goes when the new one is whole. Raises CannotRestore.
    """
    file = folder / "services" / f"{service}.dump"
    if not file.exists():
        raise CannotRestore(f"the backup holds no {service}; missing: {file}")
    if not (home / "installation.json").exists():
        raise CannotRestore(f"{home} holds no installation; restore all services into it")
    postgres = EmbeddedPostgres(home)
    if pid := postgres.served_by:
        raise CannotRestore(f"{home} is being served (process {pid}); stop it first")
    with postgres:
        await stores.create(postgres)
        await _replace(postgres, service, file)
        for neighbour in (s for s in SERVICES if s == service or service in READERS[s]):
            await _execute(postgres, database(neighbour), SEND_AGAIN, f"copy:{service}")
        return (await stores.prepare(postgres, Home.open(home).demonstration))[service]


async def _replace(postgres: EmbeddedPostgres, service: str, file: Path) -> None:
    """Made beside, then renamed, both at once."""
    name, beside, old = (database(n) for n in (service, f"{service}_restored", f"{service}_replaced"))
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    try:
        for left in (beside, old):
            await admin.execute(f"drop database if exists {left}")
        await admin.execute(f"create database {beside} owner {owner(service)}")
        run("pg_restore", "--exit-on-error", f"--dbname={postgres.dsn(beside)}", str(file))
        await _begin_anew(postgres, beside, service)
        await admin.execute(
            f"begin; alter database {name} rename to {old}; alter database {beside} rename to {name}; end"
        )
        await admin.execute(f"drop database {old}")
        await ensure_database(admin, service)
    finally:
        await admin.close()


async def _execute(postgres: EmbeddedPostgres, name: str, query: str, *given: object) -> None:
    connection = await asyncpg.connect(postgres.dsn(name))
    try:
        await connection.execute(query, *given)
    finally:
        await connection.close()


def _files(folder: Path) -> dict[str, Path]:
    """The dump of each database. Raises CannotRestore when one, or a secret, isn't there."""
    files = {name: folder / "services" / f"{name}.dump" for name in SERVICES}
    files["vault"] = folder / "vault" / "vault.dump"
    clock = folder / "services" / "demonstration.dump"
    wanted = [*files.values(), *(folder / "vault" / name for name in SECRETS)]
    if missing := [str(path) for path in wanted if not path.exists()]:
        raise CannotRestore(f"the backup isn't whole; missing: {', '.join(missing)}")
    return files | ({"demonstration": clock} if clock.exists() else {})


async def _fill(home: Path, files: dict[str, Path]) -> None:
    with EmbeddedPostgres(home) as postgres:
        await stores.create(postgres)
        for name, file in files.items():
            run("pg_restore", "--exit-on-error", f"--dbname={postgres.dsn(database(name))}", str(file))
        for service in SERVICES:
            await _begin_anew(postgres, database(service), service)
        await _erase_again(postgres)


def _must_be_new(home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        raise CannotRestore(f"{home} holds something already; restore into a new REGLAMENT_HOME")


def _must_be_young(folder: Path) -> None:
    if not (folder / TAKEN).exists():
        raise CannotRestore(f"{folder} holds no backup of the vault: back up all services together")
    days = yaml.safe_load((Path(__file__).parent / "backup.yaml").read_text())["vault_days"]["value"]
    age = datetime.now(UTC) - datetime.fromisoformat(json.loads((folder / TAKEN).read_text())["at"])
    if age > timedelta(days=days):
        raise CannotRestore(f"the vault's backup is {age.days} days old; it is good for {days}")


async def _begin_anew(postgres: EmbeddedPostgres, name: str, service: str) -> None:
    connection = await asyncpg.connect(postgres.dsn(name))
    try:
        await connection.execute("set transaction_timeout = 0")
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
