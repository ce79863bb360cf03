"""The live cabinet: a WebSocket that sends the state of an application each time that it has changed.

The first message says who: {token, cursor?, application?, language?}. Then come frames {application, version, state,
cursor}, each a whole state, and {ping, cursor} when nothing happens. Who reads too slowly is cut off, not buffered for.
Close codes: 4400 no such first message, 4401 token invalid or expired, 4403 and 4404 not to be watched, 4408 too slow
(the reason is the cursor to resume from).
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from services.notification.cabinet import reads
from services.notification.cabinet.access import must_be_shown
from services.notification.cabinet.dispatch import Dispatcher, Watch
from services.notification.cabinet.mailbox import Mailbox, decode
from services.notification.cabinet.reads import Shown
from services.notification.cabinet.render import render
from services.notification.cabinet.views import SERVICE
from services.notification.settings import LiveSettings
from shared.identity.tokens import Caller, TokenExpired, verify
from shared.kernel.node import Node
from shared.telemetry.metrics import FRAMES, SOCKETS
from shared.telemetry.spans import span
from shared.telemetry.tracing import continued
from shared.texts.languages import Language
from shared.web.access import anyone
from shared.web.refusal import NotFound, Refused

router = APIRouter(prefix="/api/cabinet/v1")
OPEN, SENT = SOCKETS.labels(SERVICE), FRAMES.labels(SERVICE)

BAD_FIRST_MESSAGE, TOKEN_OVER, TOO_SLOW = 4400, 4401, 4408
REASON = 123
"""Bytes that the reason of a close may have (RFC 6455)."""


class Hello(BaseModel):
    """The first message. `cursor` of the last frame received: only what has changed since comes."""

    model_config = ConfigDict(extra="forbid")

    token: str
    cursor: str | None = None
    application: UUID | None = None
    language: Language | None = None


class TooSlow(Exception):
    """A frame couldn't be sent in time."""


@dataclass(frozen=True, slots=True)
class Live:
    """What all sockets of a process share."""

    node: Node
    dispatcher: Dispatcher
    settings: LiveSettings


@router.websocket("/live", dependencies=[Depends(anyone)])
async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    shared: Live = websocket.app.state.live
    try:
        async with asyncio.timeout(shared.settings.hello_seconds):
            hello = Hello.model_validate_json(await websocket.receive_text())
        caller = verify(websocket.app.state.public_key, hello.token)
        account, application = await _watched(shared, caller, hello)
    except WebSocketDisconnect:
        return
    except (ValidationError, TimeoutError, KeyError):  # KeyError: bytes in the place of text
        await _close(websocket, BAD_FIRST_MESSAGE, "first message: {token, cursor?, application?, language?}")
    except Refused as refused:
        await _close(websocket, 4000 + refused.status, refused.code())
    else:
        store = await reads.store_identity(shared.node.log)
        watch = Watch(Mailbox(decode(hello.cursor, store)), account, application)
        socket = Socket(websocket, shared, watch.mailbox, store, hello.language or caller.language)
        with OPEN.track_inprogress():
            async with shared.dispatcher.watching(watch):
                end = await socket.serve(caller.expires_at)
        if end:
            await _close(websocket, *end, shared.settings.close_seconds)


async def _watched(shared: Live, caller: Caller, hello: Hello) -> tuple[UUID | None, str | None]:
    """The account or the application that is watched. Raises NotFound, NotYourProvider."""
    if hello.application is None:
        return caller.account, None
    shown = await reads.one(shared.node.log, hello.application)
    if shown is None:
        raise NotFound
    if shown.account != caller.account:
        must_be_shown(caller, shown)
        await reads.note_opening(shared.node.log, caller.account, hello.application, "WEBSOCKET /live")
    return None, shown.application


@dataclass(frozen=True, slots=True)
class Socket:
    """One connection from its first frame to its close."""

    websocket: WebSocket
    shared: Live
    mailbox: Mailbox
    store: str
    language: Language

    async def serve(self, until: datetime) -> tuple[int, str] | None:
        """Send until the token expires, the reader goes away (None), or is too slow; returns why it is to be closed."""
        sending, gone = asyncio.create_task(self._send_all()), asyncio.create_task(self._until_gone())
        left = (until - datetime.now(UTC)).total_seconds()
        try:
            done, _ = await asyncio.wait({sending, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if gone in done:
                return None
            if sending in done:
                await sending
            return TOKEN_OVER, TokenExpired.code()
        except TooSlow:
            return TOO_SLOW, self.cursor_for_reason()
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    def cursor_for_reason(self) -> str:
        """Without what was sent beyond it where that is too long to fit: sent again, it has the same version."""
        cursor = self.mailbox.cursor.encode(self.store)
        return cursor if len(cursor) <= REASON else ".".join(cursor.split(".")[:3])

    async def _send_all(self) -> None:
        while True:
            self.mailbox.bell.clear()
            while row := self.mailbox.next():
                await self._send_state(row)
            try:
                async with asyncio.timeout(self.shared.settings.heartbeat_seconds):
                    await self.mailbox.bell.wait()
            except TimeoutError:
                await self._send({"ping": datetime.now(UTC), "cursor": self.mailbox.cursor.encode(self.store)})

    async def _send_state(self, row: Shown) -> None:
        state = render(row.state, self.language, await self.shared.node.clock.now())
        cursor = self.mailbox.cursor_after(row).encode(self.store)
        frame = {"application": row.application, "version": row.version, "state": state, "cursor": cursor}
        with continued(row.traceparent), span("frame", {"reglament.version": row.version}):
            await self._send(frame)
        SENT.inc()
        self.mailbox.note_sent(row)

    async def _send(self, frame: dict[str, Any]) -> None:
        await _in_time(self.websocket.send_text(to_json(frame).decode()), self.shared.settings.send_seconds)

    async def _until_gone(self) -> None:
        """Nothing that comes after the first message means anything."""
        while (await self.websocket.receive())["type"] != "websocket.disconnect":
            pass


async def _in_time(sending: Awaitable[None], seconds: float) -> None:
    """Raises TooSlow."""
    try:
        async with asyncio.timeout(seconds):
            await sending
    except TimeoutError:
        raise TooSlow from None


async def _close(websocket: WebSocket, code: int, reason: str, seconds: float = 1.0) -> None:
    """Tell why and go; a reader that doesn't read isn't waited for."""
    try:
        async with asyncio.timeout(seconds):
            await websocket.close(code, reason)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        return
