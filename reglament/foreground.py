"""What a program in the foreground is told: on which port it serves, and to stop."""

import os
import signal
import socket

from reglament.answering import listening

PORT = 8000


class NoPort(Exception):
    """There is no such address, or another program listens there."""


def port_to_use(default: int = PORT) -> int:
    """PORT, or the default; 0 lets the system choose. Raises NoPort."""
    given = os.environ.get("PORT") or str(default)
    if not (given.isascii() and given.isdigit() and int(given) < 2**16):
        raise NoPort(f"PORT is {given!r}; set it to a number from 0 to 65535")
    return int(given)


def listening_on(port: int) -> socket.socket:
    """A socket there, on the loopback or HOST. Raises NoPort."""
    try:
        return listening(os.environ.get("HOST") or "127.0.0.1", port)
    except OSError as error:
        raise NoPort(f"port {port} is taken; set PORT to another one") from error


def stop_on_sigterm() -> None:
    """At any moment like Ctrl-C, also where a shell has had that ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
