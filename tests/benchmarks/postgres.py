"""PostgreSQL as an installation has it, in a folder of its own, and its own measuring tool against it."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

from deploy.postgres.binaries import ENVIRONMENT, binary
from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database, ensure_database, owner
from shared.kernel.log import Log
from shared.kernel.migrate import migrate

SERVICES = Path(__file__).parents[2] / "services"
FLOOR = "floor"
TABLE = "create table facts(stream text, version int, data text not null, primary key (stream, version))"
INSERT = "insert into facts values ($1, 1, $2)"
SCRIPT = "insert into facts values (gen_random_uuid()::text, 1, :data);\n"
LETTERS = str.maketrans("0123456789", "ghijklmnop")


@contextmanager
def home() -> Iterator[Path]:
    """A folder on the disk that is thrown away."""
    made = Path(tempfile.mkdtemp(prefix="reglament-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    with home() as folder, EmbeddedPostgres(folder) as started:
        yield started


async def fresh_log(postgres: EmbeddedPostgres, service: str) -> Log:
    """A service's open, empty log, in a database of its own; whoever asks closes it."""
    name = uuid4().hex.translate(LETTERS)
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    try:
        await ensure_database(admin, name)
    finally:
        await admin.close()
    own = SERVICES / service / "migrations"
    await migrate(postgres.dsn(database(name), owner(name)), name, *([own] if own.is_dir() else []))
    return await Log(service, postgres.dsn(database(name), name)).open()


@asynccontextmanager
async def floor_table(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The DSN of a database with the least that can hold a fact."""
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute(f"create database {FLOOR}")
    await admin.close()
    connection = await asyncpg.connect(postgres.dsn(FLOOR))
    await connection.execute(TABLE)
    await connection.close()
    yield postgres.dsn(FLOOR)


async def pgbench(postgres: EmbeddedPostgres, clients: int, seconds: float, payload: int) -> float:
    """Durable one-row inserts in a second, `payload` bytes each, by this many clients of one process."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT)
        script.flush()
        command = [str(binary("pgbench")), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
        command += ["-T", str(round(seconds)), "-D", f"data={'x' * payload}", "-f", script.name]
        command += ["-h", str(postgres.socket), "-U", "postgres", FLOOR]
        running = await asyncio.create_subprocess_exec(*command, env=ENVIRONMENT, stdout=-1, stderr=-1)
        out, error = await running.communicate()
    if not (found := re.search(rb"tps = ([0-9.]+)", out)):
        raise RuntimeError(error.decode())
    return float(found[1])
