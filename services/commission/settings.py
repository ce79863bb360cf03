"""The only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """What a process of this service needs to know when it runs by itself."""

    model_config = ConfigDict(frozen=True)

    dsn: str
    vault_dsn: str
    public_key: Path
    secret: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError for what isn't set."""
        return cls(
            dsn=environment["REGLAMENT_DSN"],
            vault_dsn=environment["REGLAMENT_VAULT_DSN"],
            public_key=Path(environment["REGLAMENT_PUBLIC_KEY"]),
            secret=Path(environment["REGLAMENT_SECRET"]),
        )
