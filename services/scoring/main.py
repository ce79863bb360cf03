"""Scoring, wired: the only place that knows all of its parts."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from starlette.types import Lifespan

from services.scoring.body import api as bodies
from services.scoring.body.views import STATE_BODIES
from services.scoring.evaluation import api as evaluations
from services.scoring.evaluation import sheet_api as sheets
from services.scoring.evaluation.views import EVALUATIONS
from services.scoring.organisation import api as organisations
from services.scoring.organisation import import_api as imports
from services.scoring.organisation.views import ORGANISATIONS
from services.scoring.publish import publish
from services.scoring.routes import PREFIX
from services.scoring.stored import NAMES
from shared.calendar.clock import Clock
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import Service
from shared.web.operations import operations
from shared.web.service_app import create_app

SERVICE = Service("scoring", NAMES, publish)


def build(log: Log, vault: Vault, clock: Clock) -> Node:
    """The service at work on its store."""
    return Node(SERVICE, log, vault, clock, views=(STATE_BODIES, EVALUATIONS, ORGANISATIONS))


def app(node: Node, public_key: Ed25519PublicKey, secret: bytes, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Its REST interface."""
    larger = imports.LARGER_BODIES
    made = create_app("Scoring", "1", PREFIX, public_key, secret, larger_bodies=larger, lifespan=lifespan)
    made.state.node, made.state.readiness = node, node.readiness
    for router in (
        bodies.router,
        evaluations.router,
        organisations.router,
        imports.router,
        sheets.router,
        operations(PREFIX),
    ):
        made.include_router(router)
    return made
