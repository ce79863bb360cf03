"""The loop that mails: what is waiting is attempted, and what came of it recorded. System time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

from services.notification.cabinet.views import SERVICE
from services.notification.convocation import post
from services.notification.mail import notices
from services.notification.mail.domain import OUTCOMES, Delivery
from services.notification.mail.parcel import Parcel
from services.notification.mail.rules import rules
from services.notification.mail.smtp import NotSent, send
from services.notification.settings import MailSettings
from shared.kernel.follow import TROUBLE, Waiting
from shared.kernel.log import Conflict
from shared.kernel.node import Node
from shared.kernel.work import SYSTEM, UnitOfWork
from shared.procedure.refusals import UnknownApplication
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import MAILS
from shared.telemetry.spans import span

PERIOD = 1.0
NO_ADDRESS = "no-address"
COUNTED = {outcome: MAILS.labels(SERVICE, outcome) for outcome in OUTCOMES}


async def mailing(node: Node, settings: MailSettings) -> None:
    """The loop of the node."""
    while True:
        await mail_once(node, settings, datetime.now(UTC))
        await asyncio.sleep(PERIOD)


async def mail_once(node: Node, settings: MailSettings, now: datetime) -> int:
    """Attempt what is due; returns how many attempts were made. A message that fails holds up no other."""
    made, round_ = 0, Round(node, settings, now)
    for parcels in (notices.parcels, post.parcels):
        async for parcel in parcels(node, now):
            made += await round_.attempted(parcel)
    return made


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everything that waits."""

    node: Node
    settings: MailSettings
    now: datetime

    async def attempted(self, parcel: Parcel) -> bool:
        """Attempt one if it is due; whether it was mailed, or at least tried."""
        work = await self.node.work()
        try:
            delivery = await work.find(Delivery, Delivery.create_id(parcel.message))
            if delivery and not delivery.is_due(self.now, rules()):
                return False
            with span("mail"):
                return await self._attempt(work, parcel, delivery)
        except (*TROUBLE, Conflict, Waiting, UnknownApplication):
            return False  # another worker was faster, the store doesn't answer, or a fact is on its way: the next round
        except Exception as error:
            log_failure("mailing-failed", error, subject=parcel.subject)
            return False

    async def _attempt(self, work: UnitOfWork, parcel: Parcel, delivery: Delivery | None) -> bool:
        """Record the attempt, make it, record what came of it."""
        await work.facts(parcel.subject)
        mail = await parcel.write(work, self.settings)
        goes = delivery.attempt(self.now, rules()) if delivery else True
        delivery = delivery or Delivery(parcel.message, UUID(parcel.subject), parcel.member, self.now)
        work.save(delivery)
        await work.commit()
        if not goes:
            COUNTED[delivery.outcome].inc()
            return False
        try:
            await self._send(parcel, mail)
        except NotSent as failure:
            reason, for_good = failure.reason, failure.for_good
            await self._record(parcel, lambda d: d.fail(reason, datetime.now(UTC), rules(), for_good=for_good))
        else:
            await self._record(parcel, lambda d: d.deliver(datetime.now(UTC)))
        return True

    async def _send(self, parcel: Parcel, mail: EmailMessage | None) -> None:
        """Raises NotSent. An applicant's address came with the application, or never will; a member may give one yet."""
        if mail is None:
            raise NotSent(NO_ADDRESS, for_good=parcel.member is None)
        await send(self.settings, mail)

    async def _record(self, parcel: Parcel, outcome: Callable[[Delivery], None]) -> None:
        async def record(work: UnitOfWork) -> str:
            await work.facts(parcel.subject)
            delivery = await work.load(Delivery, Delivery.create_id(parcel.message))
            outcome(delivery)
            work.save(delivery)
            return delivery.outcome

        performed = await self.node.perform(record, SYSTEM)
        COUNTED[performed.result].inc()
