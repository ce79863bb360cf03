"""The databases of an embedded installation: one per service, one for the vault, one for the demonstration clock."""

from pathlib import Path

import asyncpg

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database, owner, provision
from shared.calendar.clock import DemonstrationClock
from shared.contracts.topics import SERVICES
from shared.kernel.log import Log
from shared.kernel.migrate import migrate
from shared.kernel.vault import SCHEMA as VAULT_SCHEMA
from shared.kernel.vault import Vault

ROOT = Path(__file__).parents[1]
VAULT_GRANTS = {"intake": "select, insert, delete"} | dict.fromkeys(
    ("expertise", "commission", "notification"), "select"
)


async def create(postgres: EmbeddedPostgres) -> None:
    """Make the databases and roles that are missing."""
    await provision(postgres, [*SERVICES, "vault", "demonstration"])


async def prepare(postgres: EmbeddedPostgres, demonstration: bool) -> None:
    """Make what is missing and migrate what is there; doing it again changes nothing."""
    await create(postgres)
    for service in SERVICES:
        own = ROOT / "services" / service / "migrations"
        await migrate(postgres.dsn(database(service), owner(service)), service, own)
    await _prepare_vault(postgres)
    if demonstration:
        await _prepare_clock(postgres)


async def open_log(postgres: EmbeddedPostgres, service: str) -> Log:
    return await Log(service, postgres.dsn(database(service), service)).open()


async def open_vault(postgres: EmbeddedPostgres, service: str) -> Vault:
    """The vault as this service may use it: the database's grants say what that is."""
    return Vault(await _pool(postgres.dsn(database("vault"), service)))


async def open_clock(postgres: EmbeddedPostgres) -> DemonstrationClock:
    return DemonstrationClock(await _pool(postgres.dsn(database("demonstration"), "demonstration")))


async def _pool(dsn: str) -> "asyncpg.Pool[asyncpg.Record]":
    return await asyncpg.create_pool(dsn, min_size=1, max_size=4)


async def _prepare_vault(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.dsn(database("vault"), owner("vault")))
    try:
        await connection.execute(VAULT_SCHEMA)
        for service, may in VAULT_GRANTS.items():
            await connection.execute(f"grant connect on database {database('vault')} to {service}")
            await connection.execute(f"grant {may} on keys to {service}")
    finally:
        await connection.close()


async def _prepare_clock(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.dsn(database("demonstration"), owner("demonstration")))
    try:
        pool = await _pool(postgres.dsn(database("demonstration"), owner("demonstration")))
        await DemonstrationClock(pool).ensure()
        await pool.close()
        await connection.execute("grant select, update on clock to demonstration")
    finally:
        await connection.close()
