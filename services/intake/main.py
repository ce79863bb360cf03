"""Intake, wired: the only place that knows all of its parts."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from starlette.types import Lifespan

from services.intake.absence import api as absences
from services.intake.absence import domain as absence
from services.intake.account import api as accounts
from services.intake.account import domain as account
from services.intake.account.login import Desk
from services.intake.application import api as applications
from services.intake.application import domain as application
from services.intake.application import package, reading, uploads
from services.intake.application.views import APPLICATIONS
from services.intake.edition import api as editions
from services.intake.edition.calendars import publish_calendar
from services.intake.edition.editions import publish_edition
from services.intake.publish import publish
from services.intake.reactions import REACTIONS
from services.intake.rest import PREFIX
from shared.calendar.clock import Clock
from shared.calendar.rules import all_rules
from shared.kernel.events import EventNames
from shared.kernel.log import Log
from shared.kernel.missing import RestoredBehind
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import SYSTEM, Service
from shared.procedure.editions import Published
from shared.web.changing import changes
from shared.web.operations import operations
from shared.web.service_app import create_app

SERVICE = Service("intake", EventNames(account.STORED, absence.STORED, application.STORED, package.STORED), publish)
UPLOADS = {f"{PREFIX}/documents": 21}
"""Megabytes: a document of 20 and what multipart adds."""


def build(log: Log, vault: Vault, clock: Clock) -> Node:
    """The service at work on its store; it follows nothing but its own log."""
    return Node(SERVICE, log, vault, clock, reactions=REACTIONS, views=(APPLICATIONS,))


def app(
    node: Node,
    key: Ed25519PrivateKey,
    secret: bytes,
    lifetime: timedelta = timedelta(minutes=15),
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Its REST interface. `key` signs tokens and stays here; `lifetime` is theirs."""
    made = create_app("Intake", "1", PREFIX, key.public_key(), secret, larger_bodies=UPLOADS, lifespan=lifespan)
    made.state.node, made.state.readiness = node, node.readiness
    made.state.desk = Desk(key, secret, lifetime)
    for router in (
        accounts.router,
        absences.router,
        applications.router,
        reading.router,
        uploads.router,
        editions.router,
    ):
        made.include_router(router)
    made.include_router(changes(PREFIX))
    made.include_router(operations(PREFIX))
    return made


async def publish_calendars(node: Node) -> None:
    """Say of every calendar by which data it counts from now on, unless that was said."""
    with suppress(RestoredBehind):
        for name in all_rules():
            await node.perform(partial(publish_calendar, name=name), SYSTEM)


async def publish_editions(node: Node, editions: Iterable[Published]) -> None:
    """Make every edition known that isn't yet; a service that was restored behind its neighbours publishes nothing."""
    with suppress(RestoredBehind):
        for published in editions:
            await node.perform(partial(publish_edition, published=published), SYSTEM)
