"""The loop that mails: what is waiting is attempted, and what came of it recorded. System time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from services.notification.cabinet.views import SERVICE
from services.notification.convocation import post
from services.notification.mail import notices
from services.notification.mail.domain import OUTCOMES, Delivery
from services.notification.mail.parcel import Parcel
from services.notification.mail.rules import rules
from services.notification.mail.smtp import NoServer, NotSent, Server
from services.notification.settings import MailSettings
from shared.kernel.follow import TROUBLE, Waiting
from shared.kernel.log import Conflict
from shared.kernel.node import Node
from shared.kernel.work import SYSTEM, UnitOfWork
from shared.procedure.refusals import UnknownApplication
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import MAILS
from shared.telemetry.spans import span

PERIOD, LATEST = 1.0, 60.0
SETTLED = timedelta(minutes=1)
"""After which a message that waits, though its delivery is over, is looked at again."""
AT_ONCE = 8
NO_ADDRESS = "no-address"
COUNTED = {outcome: MAILS.labels(SERVICE, outcome) for outcome in OUTCOMES}


async def mailing(node: Node, settings: MailSettings) -> None:
    """The loop of the node."""
    pause, not_before = PERIOD, dict[UUID, datetime]()
    while True:
        try:
            await mail_once(node, settings, datetime.now(UTC), not_before)
            pause = PERIOD
        except NoServer as trouble:
            log_failure("mail-server-away", trouble, pause=pause)
            pause = min(2 * pause, LATEST)
        await asyncio.sleep(pause)


async def mail_once(
    node: Node, settings: MailSettings, now: datetime, not_before: dict[UUID, datetime] | None = None
) -> int:
    """Attempt what is due, a few at once; returns how many attempts were made. A message that fails holds up no other;
    without a server nothing is attempted. `not_before`: which messages needn't be looked at until when. Raises NoServer.
    """
    made, round_ = 0, Round(node, settings, now, {} if not_before is None else not_before)
    for parcels in (notices.parcels, post.parcels):
        group: list[Parcel] = []
        async for parcel in parcels(node, now):
            if not round_.is_put_off(parcel):
                group.append(parcel)
            if len(group) == AT_ONCE:
                made += await round_.attempted(group)
                group = []
        made += await round_.attempted(group)
    return made


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everything that waits."""

    node: Node
    settings: MailSettings
    now: datetime
    not_before: dict[UUID, datetime]

    def is_put_off(self, parcel: Parcel) -> bool:
        return self.not_before.get(parcel.message, self.now) > self.now

    async def attempted(self, parcels: list[Parcel]) -> int:
        """How many of them were mailed, or at least tried. Raises NoServer."""
        outcomes = await asyncio.gather(*(self._attempted(parcel) for parcel in parcels), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(outcome is True for outcome in outcomes)

    async def _attempted(self, parcel: Parcel) -> bool:
        """Attempt one if it is due; whether it was mailed, or at least tried."""
        work = await self.node.work()
        try:
            delivery = await work.find(Delivery, Delivery.create_id(parcel.message))
            if delivery and not delivery.is_due(self.now, rules()):
                self.not_before[parcel.message] = max(delivery.again_at(rules()), self.now + SETTLED)
                return False
            self.not_before.pop(parcel.message, None)
            with span("mail"):
                return await self._attempt(work, parcel, delivery)
        except NoServer:
            raise
        except (*TROUBLE, Conflict, Waiting, UnknownApplication):
            return False  # another worker was faster, the store doesn't answer, or a fact is on its way: the next round
        except Exception as error:
            log_failure("mailing-failed", error, subject=parcel.subject)
            return False

    async def _attempt(self, work: UnitOfWork, parcel: Parcel, delivery: Delivery | None) -> bool:
        """Once the server has greeted: record the attempt, make it, record what came of it. Raises NoServer."""
        await work.facts(parcel.subject)
        mail = await parcel.write(work, self.settings)
        server = await Server.greeted(self.settings) if mail else None
        try:
            goes = delivery.attempt(self.now, rules()) if delivery else True
            delivery = delivery or Delivery(parcel.message, UUID(parcel.subject), parcel.member, self.now)
            work.save(delivery)
            await work.commit()
            if goes:
                await self._send(parcel, mail, server)
            else:
                COUNTED[delivery.outcome].inc()
            return goes
        finally:
            if server:
                await server.leave()

    async def _send(self, parcel: Parcel, mail: EmailMessage | None, server: Server | None) -> None:
        """Send it, and record what came of it. An applicant's address came with the application, or never will; a member
        may give one yet."""
        try:
            if mail is None or server is None:
                raise NotSent(NO_ADDRESS, for_good=parcel.member is None)
            await server.take(mail)
        except NotSent as failure:
            reason, for_good = failure.reason, failure.for_good
            await self._record(parcel, lambda d: d.fail(reason, datetime.now(UTC), rules(), for_good=for_good))
        else:
            await self._record(parcel, lambda d: d.deliver(datetime.now(UTC)))

    async def _record(self, parcel: Parcel, outcome: Callable[[Delivery], None]) -> None:
        async def record(work: UnitOfWork) -> str:
            await work.facts(parcel.subject)
            delivery = await work.load(Delivery, Delivery.create_id(parcel.message))
            outcome(delivery)
            work.save(delivery)
            return delivery.outcome

        performed = await self.node.perform(record, SYSTEM)
        COUNTED[performed.result].inc()
