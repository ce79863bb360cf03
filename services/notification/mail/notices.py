"""Messages of the cabinet as e-mails to the applicant."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.cabinet.messages import told
from services.notification.cabinet.render import Renderer
from services.notification.mail.parcel import Parcel
from services.notification.mail.rules import rules
from services.notification.mail.smtp import written
from services.notification.settings import MailSettings
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of

WAITING = (
    "select recorded_at, subject, message from views.mail"
    " where recorded_at > $1 and (recorded_at, message) > ($2, $3) order by recorded_at, message limit 200"
)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC), UUID(int=0)


async def parcels(node: Node, now: datetime) -> AsyncIterator[Parcel]:
    """What is to be mailed and isn't too old, by system time."""
    last = BEGINNING
    while rows := await node.log.pool.fetch(WAITING, now - rules().newest, *last):
        for row in rows:
            application, message = row["subject"], row["message"]
            yield Parcel(message, application, partial(write, application=application, message=message))
        last = rows[-1]["recorded_at"], rows[-1]["message"]


async def write(work: UnitOfWork, settings: MailSettings, application: str, message: UUID) -> EmailMessage | None:
    """The message in the applicant's language; none when there is no address (any more)."""
    case = await case_of(work, application)
    applicant = case.registered.applicant
    address = case.corrected.get("applicant.email", applicant.email.text)
    said = next((m for m in told(case) if m["id"] == str(message)), None)
    if not address or said is None:
        return None
    words = Renderer(applicant.language, ZoneInfo(case.edition.act.zone)).render(said)
    text = f"{words['text']}\n\n{case.registered.number}\n"
    return written(settings, message, address, words["title"], text, applicant.language)
