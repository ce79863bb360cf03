"""The loop that mails: what is waiting is attempted, and what came of it recorded. System time."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.cabinet.messages import told
from services.notification.cabinet.render import Renderer
from services.notification.mail.domain import Delivery
from services.notification.mail.rules import rules
from services.notification.mail.smtp import NotSent, send, written
from services.notification.settings import MailSettings
from shared.kernel.follow import TROUBLE
from shared.kernel.log import Conflict
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.telemetry.log import log_failure

PERIOD = 1.0
WAITING = "select subject, message from views.mail where recorded_at > $1 order by recorded_at limit 500"
NO_ADDRESS = "no-address"


async def mailing(node: Node, settings: MailSettings) -> None:
    """The loop of the node."""
    while True:
        await mail_once(node, settings, datetime.now(UTC))
        await asyncio.sleep(PERIOD)


async def mail_once(node: Node, settings: MailSettings, now: datetime) -> int:
    """Attempt what is due; returns how many attempts were made. A message that fails holds up no other."""
    made = 0
    for row in await node.log.pool.fetch(WAITING, now - rules().newest):
        try:
            made += await _mail(node, settings, row["subject"], row["message"], now)
        except (*TROUBLE, Conflict):
            continue  # another worker was faster, or the store doesn't answer: the next round looks again
        except Exception as error:
            log_failure("mailing-failed", error, application=row["subject"])
    return made


async def _mail(node: Node, settings: MailSettings, application: str, message: UUID, now: datetime) -> bool:
    """Record the attempt, make it, record what came of it."""
    work = await node.work()
    case = await case_of(work, application)
    if not await _attempt(work, case, message, now):
        return False
    mail = mail_of(settings, case, message)
    await work.commit()
    try:
        if mail is None:
            raise NotSent(NO_ADDRESS, for_good=True)
        await send(settings, mail)
    except NotSent as failure:
        reason, for_good = failure.reason, failure.for_good
        await _record(node, case, message, lambda d: d.fail(reason, datetime.now(UTC), rules(), for_good=for_good))
    else:
        await _record(node, case, message, lambda d: d.deliver(datetime.now(UTC)))
    return True


async def _attempt(work: UnitOfWork, case: Case, message: UUID, now: datetime) -> bool:
    delivery = await work.find(Delivery, Delivery.create_id(message))
    if delivery is None:
        work.save(Delivery(message, case.application, now))
        return True
    if not delivery.attempt(now, rules()):
        return False
    work.save(delivery)
    return True


async def _record(node: Node, case: Case, message: UUID, outcome: Callable[[Delivery], None]) -> None:
    async def record(work: UnitOfWork) -> str:
        await case_of(work, case.subject)
        delivery = await work.load(Delivery, Delivery.create_id(message))
        outcome(delivery)
        work.save(delivery)
        return str(message)

    work = await node.work()
    await node.perform(record, work.who)


def mail_of(settings: MailSettings, case: Case, message: UUID) -> EmailMessage | None:
    """The message in the applicant's language; none when there is no address (any more)."""
    applicant = case.registered.applicant
    address = case.corrected.get("applicant.email", applicant.email.text)
    said = next((m for m in told(case) if m["id"] == str(message)), None)
    if not address or said is None:
        return None
    renderer = Renderer(applicant.language, ZoneInfo(case.edition.act.zone))
    words = renderer.message(said["template"], said["params"])
    text = f"{words['text']}\n\n{case.registered.number}\n"
    return written(settings, message, address, words["title"], text, applicant.language)
