"""The HTTP server of a process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BESIDE_THE_BODY = 65_536


class Bounded(HttpToolsProtocol):
    """A connection whose caller may send so many bytes of a request beside its body, once more as many as the body has.

    The parser in C keeps what isn't complete, however long: an endless header, path or trailer would fill the memory.
    """

    _beside = 0

    def data_received(self, data: bytes) -> None:
        self._beside += len(data)
        super().data_received(data)
        if self._beside > MOST_BESIDE_THE_BODY and not self.transport.is_closing():
            self.send_400_response("Too much beside the body.")

    def on_body(self, body: bytes) -> None:
        self._beside -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._beside = 0
        super().on_message_complete()


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
        http=Bounded,
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
