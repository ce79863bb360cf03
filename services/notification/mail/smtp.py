"""Sending one e-mail by SMTP: a thread a time, so that the loop never waits."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from uuid import UUID

from services.notification.settings import MailSettings

SECONDS = 30.0
FOR_GOOD = range(500, 600)


@dataclass(frozen=True)
class NotSent(Exception):
    """`reason`: a code that names nobody; `for_good`: the server won't take it later either."""

    reason: str
    for_good: bool


def written(settings: MailSettings, message: UUID, to: str, title: str, text: str, language: str) -> EmailMessage:
    """The same message has the same Message-ID however often it is sent."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.sender, to, title
    mail["Message-ID"] = f"<{message}@{settings.sender.rpartition('@')[2]}>"
    mail["Date"], mail["Content-Language"] = formatdate(localtime=False), language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


async def send(settings: MailSettings, mail: EmailMessage) -> None:
    """Raises NotSent."""
    try:
        await asyncio.to_thread(_send, settings, mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code = max(code for code, _ in refused.recipients.values())
        raise NotSent(f"recipient-refused-{code}", code in FOR_GOOD) from None
    except smtplib.SMTPDataError as refused:
        raise NotSent(f"refused-{refused.smtp_code}", refused.smtp_code in FOR_GOOD) from None
    except smtplib.SMTPResponseException as refused:  # us, not this mail: our password, our address, too many at once
        raise NotSent(f"refused-{refused.smtp_code}", for_good=False) from None
    except (smtplib.SMTPException, OSError) as trouble:
        raise NotSent(type(trouble).__name__, for_good=False) from None


def _send(settings: MailSettings, mail: EmailMessage) -> None:
    with smtplib.SMTP(settings.host, settings.port, timeout=SECONDS) as server:
        if settings.starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
        server.send_message(mail)
