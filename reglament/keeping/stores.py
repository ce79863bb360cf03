"""The databases of an installation: one per service, one for the vault, one for the demonstration clock."""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

from deploy.postgres.provision import Databases, database, owner, provision
from reglament.keeping.neighbours import compare
from shared.calendar.clock import DemonstrationClock
from shared.contracts.topics import SERVICES
from shared.kernel.log import BY_INDEX, Log, keep
from shared.kernel.migrate import migrate
from shared.kernel.vault import SCHEMA as VAULT_SCHEMA
from shared.kernel.vault import NoVault, Vault

ROOT = Path(__file__).parents[2]
VAULT_GRANTS = {"intake": "select, insert, delete"} | dict.fromkeys(
    ("expertise", "commission", "notification"), "select"
)


async def create(cluster: Databases, passwords: Mapping[str, str] | None = None) -> None:
    """Make the databases and roles that are missing; `passwords` by role."""
    await provision(cluster, [*SERVICES, "vault", "demonstration"], passwords)


async def prepare(
    cluster: Databases, demonstration: bool, passwords: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Make what is missing, migrate what is there, and look whether a log was restored behind its neighbours' copies.

    Doing it again changes nothing but passwords. Returns how many of its public facts each service lacks.
    """
    await create(cluster, passwords)
    for service in SERVICES:
        own = ROOT / "services" / service / "migrations"
        await migrate(cluster.dsn(database(service), owner(service)), service, own)
    await _prepare_vault(cluster)
    if demonstration:
        await _prepare_clock(cluster)
    return await compare(cluster)


async def open_log(cluster: Databases, service: str) -> Log:
    return await Log(service, cluster.dsn(database(service), service)).open()


async def open_vault(cluster: Databases, service: str) -> Vault:
    """The vault as this service may use it: the database's grants say what that is."""
    if service not in VAULT_GRANTS:
        return NoVault()
    return Vault(await _pool(cluster.dsn(database("vault"), service)))


async def open_clock(cluster: Databases) -> DemonstrationClock:
    return DemonstrationClock(await _pool(cluster.dsn(database("demonstration"), "demonstration")))


async def _pool(dsn: str) -> "asyncpg.Pool[asyncpg.Record]":
    return await asyncpg.create_pool(dsn, min_size=1, max_size=4, reset=keep, server_settings=BY_INDEX)


async def _prepare_vault(cluster: Databases) -> None:
    connection = await asyncpg.connect(cluster.dsn(database("vault"), owner("vault")))
    try:
        await connection.execute(VAULT_SCHEMA)
        for service, may in VAULT_GRANTS.items():
            await connection.execute(f"grant connect on database {database('vault')} to {service}")
            await connection.execute(f"grant {may} on keys to {service}")
    finally:
        await connection.close()


async def _prepare_clock(cluster: Databases) -> None:
    connection = await asyncpg.connect(cluster.dsn(database("demonstration"), owner("demonstration")))
    try:
        pool = await _pool(cluster.dsn(database("demonstration"), owner("demonstration")))
        await DemonstrationClock(pool).ensure()
        await pool.close()
        await connection.execute("grant select, update on clock to demonstration")
    finally:
        await connection.close()
