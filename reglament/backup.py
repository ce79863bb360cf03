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
from reglament.home import SHOWN, write_privately
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
                files += [_dump(postgres, name, folder / "services") for name in _clock_of(home)]
                files.append(_dump(postgres, "vault", folder / "vault"))
                _copy_secrets(home, folder / "vault")
                _note_when(folder / "vault")
    return files


async def restore(home: Path, folder: Path) -> list[str]:
    """Make a new installation in `home` from a backup of all services; returns what was restored.

    It is made beside and put in place at the end: what fails leaves nothing. Raises CannotRestore.
    """
    _must_be_new(home)
    _must_be_young(folder / "vault")
    files = _files(folder)
    beside = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _copy_secrets(folder / "vault", beside)
        await _fill(beside, files)
        write_privately(beside / SHOWN, "")
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return list(files)


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
            _run("pg_restore", "--exit-on-error", f"--dbname={postgres.dsn(database(name))}", str(file))
        for service in SERVICES:
            await _begin_anew(postgres, service)
        await _erase_again(postgres)


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
    part.chmod(0o600)
    return part.rename(file)


def _clock_of(home: Path) -> list[str]:
    """The database of the legal clock, which only a demonstration has."""
    return ["demonstration"] if json.loads((home / "installation.json").read_text())["demonstration"] else []


def _note_when(folder: Path) -> None:
    (folder / TAKEN).write_text(json.dumps({"at": datetime.now(UTC).isoformat()}))


def _copy_secrets(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        shutil.copy2(source / name, target / name)


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(binary(program)), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise CannotRestore(f"{program}: {done.stderr.strip()[:500]}")


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
