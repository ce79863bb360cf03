"""Something that is to be mailed, whoever it goes to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from services.notification.settings import MailSettings
from shared.kernel.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Parcel:
    """`message`: what the mail is named by; `subject`: what its outcome is told about; `write`: reads what it says, None
    without an address; `member`: to whom, of a letter about a sitting."""

    message: UUID
    subject: str
    write: Callable[[UnitOfWork, MailSettings], Awaitable[EmailMessage | None]]
    member: UUID | None = None
