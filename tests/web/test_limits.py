"""A body that is read before anything looks at it, and let go when nobody needs it any more."""

import tracemalloc

from starlette.types import Message, Receive, Scope, Send

from shared.web.limits import MEGABYTE, BodyLimit

LARGE = 20 * MEGABYTE


async def sent() -> Message:
    return {"type": "http.request", "body": bytes(LARGE)}


async def unheard(_: Message) -> None: ...


class TestALargeBody:
    async def test_is_held_by_nobody_once_it_was_let_go(self) -> None:
        held: list[int] = []

        async def app(scope: Scope, receive: Receive, _: Send) -> None:
            assert len((await receive())["body"]) == LARGE
            held.append(tracemalloc.get_traced_memory()[0])
            scope["state"]["body"] = b""
            held.append(tracemalloc.get_traced_memory()[0])

        tracemalloc.start()
        try:
            await BodyLimit(app, megabytes=20)({"type": "http", "path": "/", "headers": []}, sent, unheard)
        finally:
            tracemalloc.stop()
        before, after = held
        assert (before // LARGE, after // LARGE) == (1, 0)
