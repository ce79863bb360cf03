"""A mail server as the tests need one: it speaks SMTP over a real socket, and answers a recipient as it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class PostOffice:
    """What it took, in order. `senders`, `answers`: what the next senders, recipients are told; 250 once they are used up."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    goodbye: str = "221 bye"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["PostOffice"]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 post office")
        while line := await reader.readline():
            match line.decode().split()[0].upper():
                case "MAIL":
                    say(self.senders.pop(0) if self.senders else "250 well")
                case "RCPT":
                    say(self.answers.pop(0) if self.answers else "250 taken")
                case "DATA":
                    say("354 go on")
                    raw = await reader.readuntil(b"\r\n.\r\n")
                    self.taken.append(message_from_bytes(raw[:-3], policy=policy.default))
                    say("250 taken")
                case "QUIT":
                    say(self.goodbye)
                    break
                case _:
                    say("250 well")
        writer.close()
