"""The commission, wired: the only place that knows all of its parts."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from starlette.types import Lifespan

from services.commission.body import api as bodies
from services.commission.body import domain as body
from services.commission.contract import api as contracts
from services.commission.contract import domain as contract
from services.commission.publish import publish
from services.commission.reactions import REACTIONS
from services.commission.result import api as results
from services.commission.result import domain as result
from services.commission.routes import PREFIX
from services.commission.sitting import api as sittings
from services.commission.sitting import domain as sitting
from services.commission.sitting import protocol_api as protocols
from services.commission.sitting.views import SITTINGS
from shared.calendar.clock import Clock
from shared.kernel.events import EventNames
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import Service
from shared.web.changing import changes
from shared.web.operations import operations
from shared.web.service_app import create_app

SERVICE = Service("commission", EventNames(body.STORED, sitting.STORED, contract.STORED, result.STORED), publish)


def build(log: Log, vault: Vault, clock: Clock) -> Node:
    """The service at work on its store."""
    return Node(SERVICE, log, vault, clock, reactions=REACTIONS, views=(SITTINGS,))


def app(node: Node, public_key: Ed25519PublicKey, secret: bytes, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Its REST interface."""
    larger = contracts.LARGER_BODIES
    made = create_app("Commission", "1", PREFIX, public_key, secret, larger_bodies=larger, lifespan=lifespan)
    made.state.node, made.state.readiness = node, node.readiness
    for router in (
        bodies.router,
        sittings.router,
        protocols.router,
        contracts.router,
        results.router,
        changes(PREFIX),
        operations(PREFIX),
    ):
        made.include_router(router)
    return made
