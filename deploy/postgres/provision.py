"""A database per service, reached by two roles: its owner migrates, the service works."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

import asyncpg

ALTER_ROLE = "select format('alter role %I password %L', $1::text, $2::text)"


class Databases(Protocol):
    """A PostgreSQL cluster as this process may reach it."""

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Address of a database for a role; `postgres` administers the cluster."""
        ...


def database(name: str) -> str:
    return f"reglament_{name}"


def owner(name: str) -> str:
    return f"{name}_owner"


async def provision(cluster: Databases, names: Sequence[str], passwords: Mapping[str, str] | None = None) -> None:
    """Create what is missing for each service; doing it again changes nothing but passwords.

    The service's role owns nothing and may do what migrations grant it; nobody connects to another's database. A role
    without a password is let in where only this user reaches the socket.
    """
    admin = await asyncpg.connect(cluster.dsn("postgres"))
    try:
        await admin.execute("revoke all on database postgres, template1 from public")
        for name in names:
            await ensure_database(admin, name)
            if password := (passwords or {}).get(name):
                await set_password(admin, name, password)
    finally:
        await admin.close()


async def set_password(admin: asyncpg.Connection, role: str, password: str) -> None:
    """Services see which statements others run (pg_read_all_stats), so from here on this session doesn't tell its own."""
    await admin.execute("set track_activities = off")
    await admin.execute(await admin.fetchval(ALTER_ROLE, role, password))


async def ensure_database(admin: asyncpg.Connection, name: str) -> None:
    """Database `reglament_<name>` with roles `<name>_owner` and `<name>`; ValueError for a name that needs quoting."""
    if not re.fullmatch(r"[a-z][a-z_]{0,40}", name):
        raise ValueError(f"not a name for a database and a role: {name!r}")
    for role in (owner(name), name):
        if not await admin.fetchval("select true from pg_roles where rolname = $1", role):
            await admin.execute(f"create role {role} login")
    if not await admin.fetchval("select true from pg_database where datname = $1", database(name)):
        await admin.execute(f"create database {database(name)} owner {owner(name)}")
    await admin.execute(f"grant pg_read_all_stats to {name}")  # whose transaction holds its readers back
    await admin.execute(f"revoke all on database {database(name)} from public")
    await admin.execute(f"grant connect on database {database(name)} to {name}")
