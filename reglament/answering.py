"""The HTTP server of a process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn


def listening(host: str, port: int) -> socket.socket:
    """A socket bound there. Raises OSError where somebody else listens."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits for an acknowledgement
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def answering(app: object, listener: socket.socket) -> AsyncIterator["asyncio.Future[None]"]:
    """Answer while within; the future is done when the process was told to stop (Ctrl-C, SIGTERM)."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        http="h11",  # strict, and bounds what isn't complete; the parser in C that would be taken if it were there isn't
        lifespan="off",
        timeout_graceful_shutdown=3,
        ws="websockets-sansio",
        ws_max_size=16_384,
        backlog=4096,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells it by this flag alone
        await asyncio.sleep(0.01)
    try:
        yield serving
    finally:
        server.should_exit = True
        await serving
