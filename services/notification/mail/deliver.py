"""The loop that mails: what is waiting is attempted, and what came of it recorded. System time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.cabinet.messages import told
from services.notification.cabinet.render import Renderer
from services.notification.cabinet.views import SERVICE
from services.notification.mail.domain import OUTCOMES, Delivery
from services.notification.mail.rules import rules
from services.notification.mail.smtp import NotSent, send, written
from services.notification.settings import MailSettings
from shared.kernel.follow import TROUBLE
from shared.kernel.log import Conflict
from shared.kernel.node import Node
from shared.kernel.work import SYSTEM, UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import MAILS
from shared.telemetry.spans import span

PERIOD = 1.0
WAITING = (
    "select recorded_at, subject, message from views.mail"
    " where recorded_at > $1 and (recorded_at, message) > ($2, $3) order by recorded_at, message limit 200"
)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC), UUID(int=0)
NO_ADDRESS = "no-address"
COUNTED = {outcome: MAILS.labels(SERVICE, outcome) for outcome in OUTCOMES}


async def mailing(node: Node, settings: MailSettings) -> None:
    """The loop of the node."""
    while True:
        await mail_once(node, settings, datetime.now(UTC))
        await asyncio.sleep(PERIOD)


async def mail_once(node: Node, settings: MailSettings, now: datetime) -> int:
    """Attempt what is due; returns how many attempts were made. A message that fails holds up no other."""
    made, last, round_ = 0, BEGINNING, Round(node, settings, now)
    while rows := await node.log.pool.fetch(WAITING, now - rules().newest, *last):
        for row in rows:
            made += await round_.attempted(row["subject"], row["message"])
        last = rows[-1]["recorded_at"], rows[-1]["message"]
    return made


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everything that waits."""

    node: Node
    settings: MailSettings
    now: datetime

    async def attempted(self, application: str, message: UUID) -> bool:
        """Attempt one if it is due; whether it was mailed, or at least tried."""
        work = await self.node.work()
        try:
            delivery = await work.find(Delivery, Delivery.create_id(message))
            if delivery and not delivery.is_due(self.now, rules()):
                return False
            with span("mail"):
                return await self._attempt(work, await case_of(work, application), message, delivery)
        except (*TROUBLE, Conflict):
            return False  # another worker was faster, or the store doesn't answer: the next round looks again
        except Exception as error:
            log_failure("mailing-failed", error, application=application)
            return False

    async def _attempt(self, work: UnitOfWork, case: Case, message: UUID, delivery: Delivery | None) -> bool:
        """Record the attempt, make it, record what came of it."""
        goes = delivery.attempt(self.now, rules()) if delivery else True
        delivery = delivery or Delivery(message, case.application, self.now)
        work.save(delivery)
        await work.commit()
        if not goes:
            COUNTED[delivery.outcome].inc()
            return False
        try:
            await self._send(case, message)
        except NotSent as failure:
            reason, for_good = failure.reason, failure.for_good
            await self._record(case, message, lambda d: d.fail(reason, datetime.now(UTC), rules(), for_good=for_good))
        else:
            await self._record(case, message, lambda d: d.deliver(datetime.now(UTC)))
        return True

    async def _send(self, case: Case, message: UUID) -> None:
        """Raises NotSent."""
        mail = mail_of(self.settings, case, message)
        if mail is None:
            raise NotSent(NO_ADDRESS, for_good=True)
        await send(self.settings, mail)

    async def _record(self, case: Case, message: UUID, outcome: Callable[[Delivery], None]) -> None:
        async def record(work: UnitOfWork) -> str:
            await case_of(work, case.subject)
            delivery = await work.load(Delivery, Delivery.create_id(message))
            outcome(delivery)
            work.save(delivery)
            return delivery.outcome

        performed = await self.node.perform(record, SYSTEM)
        COUNTED[performed.result].inc()


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
