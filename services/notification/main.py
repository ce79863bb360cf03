"""Wiring: the node of notification and its two apps, the service's own and the cabinet."""

from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI

from services.notification.cabinet import api, live
from services.notification.cabinet.dispatch import Dispatcher
from services.notification.cabinet.live import Live
from services.notification.cabinet.views import CABINET, SERVICE
from services.notification.convocation import api as letters
from services.notification.convocation.views import LETTERS
from services.notification.deadline.remind import reminding
from services.notification.deadline.sweep import sweep
from services.notification.mail import domain as delivery
from services.notification.mail.deliver import mailing
from services.notification.mail.views import MAIL
from services.notification.notice import api as notices
from services.notification.notice import domain as notice
from services.notification.publish import publish
from services.notification.queues import api as queues
from services.notification.queues.deputies import DEPUTIES
from services.notification.queues.overdue import measure_overdue
from services.notification.queues.views import QUEUE
from services.notification.reactions import REACTIONS
from services.notification.settings import LiveSettings, MailSettings
from shared.calendar.clock import Clock
from shared.kernel.events import EventNames
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import Service
from shared.web.operations import operations
from shared.web.service_app import create_app

VERSION = "1.0.0"
NOTIFICATION = Service(SERVICE, EventNames(notice.STORED, delivery.STORED), publish)


def build(log: Log, vault: Vault, clock: Clock) -> Node:
    """The service with its reactions, read models and the sweep; it mails where a mail server is named."""
    mail = MailSettings.of()
    views = (CABINET, QUEUE, DEPUTIES, LETTERS, *([MAIL] if mail else []))
    node = Node(NOTIFICATION, log, vault, clock, reactions=REACTIONS, views=views)
    node.loops["sweep"] = partial(sweep, node)
    node.loops["remind"] = partial(reminding, node)
    if mail:
        node.loops["mail"] = partial(mailing, node, mail)
    node.measures.append(partial(measure_overdue, node))
    return node


def notification_app(node: Node, public_key: Ed25519PublicKey, secret: bytes) -> FastAPI:
    """Queues, notices, letters about sittings, and applications for officials."""
    prefix = "/api/notification/v1"
    app = create_app("Reglament: notification", VERSION, prefix, public_key, secret)
    app.state.node, app.state.readiness = node, node.readiness
    for router in (queues.router, notices.router, letters.router, api.official, operations(prefix)):
        app.include_router(router)
    return app


def cabinet_app(
    node: Node, public_key: Ed25519PublicKey, secret: bytes, settings: LiveSettings | None = None
) -> FastAPI:
    """The applicant's cabinet, with the live one."""
    app = create_app("Reglament: personal cabinet", VERSION, "/api/cabinet/v1", public_key, secret)
    app.state.node, app.state.readiness = node, node.readiness
    app.state.live = Live(node, Dispatcher(node.log), settings or LiveSettings())
    app.include_router(api.router)
    app.include_router(live.router)
    return app
