"""What may be set: of the live cabinet, and the mail server. The only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.environment import told


class LiveSettings(BaseModel):
    """How the live cabinet keeps its sockets; seconds of system time."""

    model_config = ConfigDict(frozen=True)

    heartbeat_seconds: float = Field(20, gt=0)
    send_seconds: float = Field(10, gt=0)
    close_seconds: float = Field(10, gt=0)
    hello_seconds: float = Field(10, gt=0)


class MailSettings(BaseModel):
    """The mail server that notices go to; `sender`: the address that they come from.

    `tls`: encrypted from the first byte; `starttls`: as soon as the server has greeted.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    host: str
    port: int = Field(25, gt=0, lt=65536)
    sender: str = Field("reglament@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    tls: bool = False
    starttls: bool = False
    user: str = ""
    password: str = ""

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> "MailSettings":
        if self.user and not (self.tls or self.starttls):
            raise ValueError("SMTP_USER needs SMTP_TLS=1 or SMTP_STARTTLS=1: a password isn't sent in clear")
        return self

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "MailSettings | None":
        """From SMTP_HOST, SMTP_PORT, SMTP_SENDER …; none without SMTP_HOST: nothing is mailed then. The password may
        stand in a file instead, `smtp-password` in the folder SECRETS. Raises Unset."""
        if not environment.get("SMTP_HOST"):
            return None
        file = Path(environment.get("SECRETS", "")) / "smtp-password"
        known = {"password": file.read_text().strip()} if "SECRETS" in environment and file.exists() else {}
        return told(cls, environment, "SMTP_", **known)
