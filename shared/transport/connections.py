"""aiokafka over uvloop: that a connection is closed, said so that aiokafka understands it.

aiokafka expects an OSError of a connection that broke while it had something to send; uvloop raises a RuntimeError. It
ends the task in which a consumer fetches, and the consumer stays in its group and receives nothing, for ever.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_send = AIOKafkaConnection.send


def _send_or_tell(connection: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Any:
    writer = connection._writer
    if writer is not None and writer.is_closing():
        connection.close(reason=CloseReason.CONNECTION_BROKEN)
        raise KafkaConnectionError(f"Connection at {connection.host}:{connection.port} is closed")
    return _send(connection, request, expect_response)


def say_when_closed() -> None:
    """For all of aiokafka's clients in this process."""
    AIOKafkaConnection.send = _send_or_tell
