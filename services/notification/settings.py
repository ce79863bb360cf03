"""What may be set: of the live cabinet, and the mail server. The only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class LiveSettings(BaseModel):
    """How the live cabinet keeps its sockets; seconds of system time."""

    model_config = ConfigDict(frozen=True)

    heartbeat_seconds: float = Field(20, gt=0)
    send_seconds: float = Field(10, gt=0)
    close_seconds: float = Field(10, gt=0)
    hello_seconds: float = Field(10, gt=0)


class MailSettings(BaseModel):
    """The mail server that notices go to; `sender`: the address that they come from."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    host: str
    port: int = Field(25, gt=0, lt=65536)
    sender: str = Field("reglament@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    starttls: bool = False
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "MailSettings | None":
        """From SMTP_HOST, SMTP_PORT, SMTP_SENDER …; none without SMTP_HOST: nothing is mailed then. The password may
        stand in a file instead, `smtp-password` in the folder SECRETS."""
        names = {name: f"SMTP_{name.upper()}" for name in cls.model_fields}
        given = {name: environment[known] for name, known in names.items() if environment.get(known)}
        file = Path(environment.get("SECRETS", "")) / "smtp-password"
        if "password" not in given and "SECRETS" in environment and file.exists():
            given["password"] = file.read_text().strip()
        return cls.model_validate(given) if "host" in given else None
