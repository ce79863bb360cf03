"""The expertise, wired: the only place that knows all of its parts."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from starlette.types import Lifespan

from services.expertise import api, domain
from services.expertise.deciders import BODIES, SEATS
from services.expertise.publish import publish
from services.expertise.reactions import REACTIONS
from services.expertise.views import EXPERTISES
from shared.calendar.clock import Clock
from shared.kernel.events import EventNames
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import Service
from shared.web.changing import changes
from shared.web.operations import operations
from shared.web.service_app import create_app

SERVICE = Service("expertise", EventNames(domain.STORED), publish)


def build(log: Log, vault: Vault, clock: Clock) -> Node:
    """The service at work on its store."""
    return Node(SERVICE, log, vault, clock, reactions=REACTIONS, views=(EXPERTISES, BODIES, SEATS))


def app(node: Node, public_key: Ed25519PublicKey, secret: bytes, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Its REST interface."""
    made = create_app("Expertise", "1", api.PREFIX, public_key, secret, lifespan=lifespan)
    made.state.node, made.state.readiness = node, node.readiness
    for router in (api.router, changes(api.PREFIX), operations(api.PREFIX)):
        made.include_router(router)
    return made
