"""Which services there are, and what answers for each: the same in one process and in many."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from starlette.types import ASGIApp

from services.commission import main as commission
from services.expertise import main as expertise
from services.intake import main as intake
from services.notification import main as notification
from services.scoring import main as scoring
from shared.kernel.node import Node

BUILD = {
    "intake": intake.build,
    "expertise": expertise.build,
    "commission": commission.build,
    "notification": notification.build,
    "scoring": scoring.build,
}


class Keys(Protocol):
    """What interfaces check and make tokens with; only intake asks for the private key."""

    @property
    def public_key(self) -> Ed25519PublicKey: ...

    @property
    def private_key(self) -> Ed25519PrivateKey: ...

    @property
    def secret(self) -> bytes: ...


def apps(node: Node, keys: Keys) -> dict[str, ASGIApp]:
    """The interfaces of a service by the beginning of their paths."""
    match node.service.name:
        case "intake":
            return {"/api/intake/v1": intake.app(node, keys.private_key, keys.secret)}
        case "expertise":
            return {"/api/expertise/v1": expertise.app(node, keys.public_key, keys.secret)}
        case "commission":
            return {"/api/commission/v1": commission.app(node, keys.public_key, keys.secret)}
        case "scoring":
            return {"/api/scoring/v1": scoring.app(node, keys.public_key, keys.secret)}
        case _:
            return {
                "/api/notification/v1": notification.notification_app(node, keys.public_key, keys.secret),
                "/api/cabinet/v1": notification.cabinet_app(node, keys.public_key, keys.secret),
            }
