"""What may be set of the live cabinet."""

from pydantic import BaseModel, ConfigDict, Field


class LiveSettings(BaseModel):
    """How the live cabinet keeps its sockets; seconds of system time."""

    model_config = ConfigDict(frozen=True)

    heartbeat_seconds: float = Field(20, gt=0)
    send_seconds: float = Field(10, gt=0)
    close_seconds: float = Field(10, gt=0)
    hello_seconds: float = Field(10, gt=0)
