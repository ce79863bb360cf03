"""`?after=`: a reader waits until a view holds what the reader's own command has written, two seconds at most."""

import asyncio
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request, Response

from services.notification.cabinet.reads import has_seen
from services.notification.refusals import BadAfter
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.web.refusal import NotFound

LONGEST, NET = 2.0, 0.05
TOKEN = re.compile(r"([a-z]+:[^@\s]{1,100})@([1-9][0-9]{0,8})")
BEHIND = "Reglament-Behind"


async def wait_until_seen(log: Log, view: str, token: str, longest: float = LONGEST) -> bool:
    """Whether the view has come that far within `longest` seconds. Raises BadAfter."""
    found = TOKEN.fullmatch(token)
    if found is None:
        raise BadAfter
    bell = asyncio.Event()
    log.readers.add(bell)
    try:
        async with asyncio.timeout(longest):
            while not await has_seen(log, view, found[1], int(found[2])):
                await _rung(bell)
    except TimeoutError:
        return False
    finally:
        log.readers.discard(bell)
    return True


async def _rung(bell: asyncio.Event) -> None:
    """Until something is committed here, or a while: another process may have done it."""
    try:
        async with asyncio.timeout(NET):
            await bell.wait()
    except TimeoutError:
        return
    bell.clear()


@dataclass(frozen=True)
class Awaits:
    """The dependency of reads of this view, which may follow a command."""

    view: str

    async def __call__(
        self,
        request: Request,
        response: Response,
        after: Annotated[
            str | None,
            Query(
                description="`after` of a command's answer: waits 2 s at most, then says `Reglament-Behind: true`,"
                " or, where there is nothing yet, answers 404 with `Retry-After`"
            ),
        ] = None,
    ) -> None:
        node: Node = request.app.state.node
        if after and not await wait_until_seen(node.log, self.view, after):
            response.headers[BEHIND] = "true"


def not_here(response: Response) -> NotFound:
    """What the reader's own command has written, and the view doesn't show yet, may come: `Retry-After`."""
    return NotFound(retry_after=1 if BEHIND in response.headers else None)
