"""Letters about sittings as e-mails, to the address that the member's account was given, with the calendar's entry."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from services.notification.convocation.letters import is_off
from services.notification.convocation.views import BEGINNING, waiting
from services.notification.convocation.words import words
from services.notification.mail.parcel import Parcel
from services.notification.mail.smtp import written
from services.notification.settings import MailSettings
from shared.contracts.intake import ContactGiven
from shared.kernel.log import Row
from shared.kernel.node import Node
from shared.kernel.work import UnitOfWork
from shared.texts.ical import Meeting, ical


async def parcels(node: Node, _now: datetime) -> AsyncIterator[Parcel]:
    """What is to be mailed, by legal time."""
    now, last = await node.clock.now(), BEGINNING
    while rows := await waiting(node.log.pool, now, last):
        for row in rows:
            yield Parcel(row["id"], row.subject or "", partial(write, letter=row), member=row["member"])
        last = rows[-1]["goes_at"], rows[-1]["id"]


async def write(work: UnitOfWork, settings: MailSettings, letter: Row) -> EmailMessage | None:
    """None while the member has given no address."""
    contact = await contact_of(work, letter["member"])
    if contact is None or not contact.email.text:
        return None
    said = await words(work, letter, contact.language)
    mail = written(settings, letter["id"], contact.email.text, said["title"], f"{said['text']}\n", contact.language)
    meeting = Meeting(
        UUID(letter.subject),
        letter["sequence"],
        letter["starts_at"],
        letter["place"],
        said["body"],
        cancelled=is_off(letter["template"]),
    )
    mail.add_attachment(
        ical(meeting, datetime.now(UTC)).encode(),
        maintype="text",
        subtype="calendar",
        filename="sitting.ics",
        params={"charset": "utf-8", "method": "PUBLISH"},
    )
    return mail


async def contact_of(work: UnitOfWork, account: UUID) -> ContactGiven | None:
    """The newest."""
    given = [row for row in await work.facts(str(account)) if row.type == ContactGiven.name()]
    return work.read(ContactGiven, max(given, key=lambda row: row.version)) if given else None
