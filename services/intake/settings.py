"""The only reader of the environment."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """What a process of this service needs to know when it runs by itself; only intake has the key that signs tokens."""

    model_config = ConfigDict(frozen=True)

    dsn: str
    vault_dsn: str
    private_key: Path
    secret: Path
    token_lifetime: timedelta = timedelta(minutes=15)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError for what isn't set, ValueError for what is wrong."""
        return cls(
            dsn=environment["REGLAMENT_DSN"],
            vault_dsn=environment["REGLAMENT_VAULT_DSN"],
            private_key=Path(environment["REGLAMENT_PRIVATE_KEY"]),
            secret=Path(environment["REGLAMENT_SECRET"]),
            token_lifetime=timedelta(minutes=float(environment.get("REGLAMENT_TOKEN_MINUTES", "15"))),
        )
