"""The only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class LiveSettings(BaseModel):
    """How the live cabinet keeps its sockets; seconds of system time."""

    model_config = ConfigDict(frozen=True)

    heartbeat_seconds: float = Field(20, gt=0)
    send_seconds: float = Field(10, gt=0)
    close_seconds: float = Field(10, gt=0)
    hello_seconds: float = Field(10, gt=0)


class Settings(BaseModel):
    """What a process of this service needs to know when it runs by itself."""

    model_config = ConfigDict(frozen=True)

    dsn: str
    vault_dsn: str
    public_key: Path
    secret: Path
    live: LiveSettings = LiveSettings()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError for what isn't set, ValidationError for what is wrong."""
        live = {name: environment[f"REGLAMENT_LIVE_{name.upper()}"] for name in _given(environment)}
        return cls(
            dsn=environment["REGLAMENT_DSN"],
            vault_dsn=environment["REGLAMENT_VAULT_DSN"],
            public_key=Path(environment["REGLAMENT_PUBLIC_KEY"]),
            secret=Path(environment["REGLAMENT_SECRET"]),
            live=LiveSettings.model_validate(live),
        )


def _given(environment: Mapping[str, str]) -> list[str]:
    return [name for name in LiveSettings.model_fields if f"REGLAMENT_LIVE_{name.upper()}" in environment]
