"""`reglament watch`: the live cabinet of one application in the terminal, over the WebSocket."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from reglament.asking.connect import application, connected, known

TOKEN_OVER = 4401
AGAIN = 1.0


async def watch(number: str, seen: Callable[[dict[str, Any]], None]) -> None:
    """Hand on each state until the case has ended; a connection that breaks is taken up where it broke.

    Raises NotServing, UnknownNumber, Answered, and ConnectionClosed when the token is over.
    """
    async with connected() as client:
        found = await application(client, number)
    cursor = None
    while True:
        try:
            async with connect(_address()) as socket:
                await socket.send(
                    json.dumps({"token": known()[1], "application": found, "cursor": cursor, "language": "en"})
                )
                async for text in socket:
                    frame = json.loads(text)
                    cursor = frame["cursor"]
                    if "state" in frame:
                        seen(frame["state"])
                        if frame["state"]["result"]:
                            return
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == TOKEN_OVER:
                raise
        except OSError:
            pass
        await asyncio.sleep(AGAIN)


def _address() -> str:
    return known()[0].replace("http", "ws", 1) + "/api/cabinet/v1/live"
