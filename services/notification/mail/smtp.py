"""Sending one e-mail by SMTP: a thread a time, so that the loop never waits."""

import asyncio
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from uuid import UUID

from services.notification.settings import MailSettings

SECONDS, TAKING = 30.0, 600.0
"""How long each answer may take; and the one to the mail itself, which servers look through first (RFC 5321, 4.5.3.2.6)."""
FOR_GOOD = range(500, 600)


class NoServer(Exception):
    """The mail server can't be reached, or doesn't let us in: no mail's fault."""


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


class Server:
    """A connection to the mail server, for one mail."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection

    @classmethod
    async def greeted(cls, settings: MailSettings) -> "Server":
        """Raises NoServer."""
        try:
            return cls(await asyncio.to_thread(_connected, settings))
        except (smtplib.SMTPException, OSError) as trouble:
            raise NoServer(type(trouble).__name__) from None

    async def take(self, mail: EmailMessage) -> None:
        """Raises NotSent."""
        try:
            await asyncio.to_thread(self._connection.send_message, mail, to_addrs=[str(mail["To"])])
        except smtplib.SMTPRecipientsRefused as refused:
            code = max(code for code, _ in refused.recipients.values())
            raise NotSent(f"recipient-refused-{code}", code in FOR_GOOD) from None
        except smtplib.SMTPDataError as refused:
            raise NotSent(f"refused-{refused.smtp_code}", refused.smtp_code in FOR_GOOD) from None
        except smtplib.SMTPResponseException as refused:  # us, not this mail: our address, too many at once
            raise NotSent(f"refused-{refused.smtp_code}", for_good=False) from None
        except (smtplib.SMTPException, OSError) as trouble:
            raise NotSent(type(trouble).__name__, for_good=False) from None

    async def leave(self) -> None:
        """Whatever the server answers: what it took, it has taken."""
        await asyncio.to_thread(_quit, self._connection)


def _connected(settings: MailSettings) -> smtplib.SMTP:
    secured = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=secured)
        if settings.tls
        else smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
    )
    try:
        if settings.starttls:
            connection.starttls(context=secured)
        connection.ehlo_or_helo_if_needed()
        if settings.user:
            connection.login(settings.user, settings.password)
    except BaseException:
        connection.close()
        raise
    _patient(connection, TAKING)
    return connection


def _quit(connection: smtplib.SMTP) -> None:
    _patient(connection, SECONDS)
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _patient(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock:
        connection.sock.settimeout(seconds)
