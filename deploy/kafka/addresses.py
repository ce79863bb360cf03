"""What a cluster of ours is known by: its id, and ports of the loopback that stay its own over a restart."""

import base64
import random
import secrets
import socket
from pathlib import Path

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000


def new_cluster_id() -> str:
    """Sixteen random bytes; Kafka's tool would take a leading dash for an option."""
    while (made := base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")).startswith("-"):
        pass
    return made


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, below those that the system gives to outgoing connections.

    Those it could give away while a broker is down, even to a client that tries to reach this very broker.
    """
    highest = int(_EPHEMERAL.read_text().split()[0])
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(_LOWEST, highest)  # noqa: S311 - no secret
        if port not in found and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
