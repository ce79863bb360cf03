"""More at once than a process bears: the rest waits a moment, is then told so in its own language, and nothing is begun
for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.overload import Overload, Turns
from shared.web.problems import answer_with_problems
from tests.support.waiting import eventually

BOUND = 4
Ask = Callable[[], Awaitable[Response]]


@dataclass
class Slow:
    """An app whose answers wait until they are let go, all or `one`; `paths`: what it was given."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    one: asyncio.Future[None] = field(default_factory=asyncio.Future)
    paths: list[str] = field(default_factory=list)

    @property
    def begun(self) -> int:
        return len(self.paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        while (await receive()).get("more_body", False):
            pass
        ways: list[asyncio.Future[Any]] = [asyncio.ensure_future(self.let_go.wait())]
        ways += [self.one] if self.begun == 1 else []
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def asked(app: ASGIApp, times: int, path: str = "/work") -> AsyncIterator[tuple[AsyncClient, list[Any]]]:
    """So many requests under way at once, given after each has come as far as it can."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://trial") as client:
        under_way = [asyncio.ensure_future(client.post(path, content=b"body")) for _ in range(times)]
        await settled()
        yield client, under_way


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def nobody_is_there(overload: Overload) -> bool:
    return not (overload.present or overload.sending or overload.worked_on or overload.waiting)


class TestWhenAsMuchIsAskedAsItBears:
    async def test_every_further_request_waits_and_is_then_turned_away_and_not_begun(self) -> None:
        slow = Slow()
        overload = Overload(slow, BOUND, patience=1)
        async with asked(overload, 5 * BOUND) as (_, under_way):
            assert not any(a.done() for a in under_way)
            await eventually(lambda: asyncio.sleep(0, len(overload.waiting) == 0))
            await settled()
            turned_away = [a.result().status_code for a in under_way if a.done()]
            assert turned_away == [503] * (4 * BOUND)
            assert slow.begun == BOUND
            slow.let_go.set()
            answers = await asyncio.gather(*under_way)
        assert [a.status_code for a in answers].count(200) == BOUND
        assert nobody_is_there(overload)

    async def test_a_place_that_falls_free_is_given_to_who_waits_longest(self) -> None:
        slow = Slow()
        overload = Overload(slow, BOUND, patience=30)
        async with asked(overload, BOUND) as (client, under_way):
            waiting = [asyncio.ensure_future(client.get(f"/work/{n}")) for n in range(2)]
            await settled()
            assert slow.begun == BOUND
            slow.one.set_result(None)
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            await settled()
            assert slow.paths[BOUND:] == ["/work/0"]
            slow.let_go.set()
            assert [a.status_code for a in await asyncio.gather(*under_way, *waiting)] == [200] * (BOUND + 2)
        assert nobody_is_there(overload)

    async def test_who_was_told_to_begin_and_has_gone_hinders_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = Slow()
        overload = Overload(slow, at_once=1, patience=30)
        async with asked(overload, 3) as (_, (first, second, third)):
            let_in = overload._let_in
            monkeypatch.setattr(
                overload, "_let_in", lambda caller: (let_in(caller), second.cancel())
            )  # before it hears it
            slow.let_go.set()
            assert [(await first).status_code, (await third).status_code] == [200, 200]
        assert slow.begun == 2
        assert nobody_is_there(overload)

    async def test_who_goes_while_waiting_hinders_nobody(self) -> None:
        slow = Slow()
        overload = Overload(slow, at_once=1, patience=30)
        async with asked(overload, 3) as (_, (first, second, third)):
            second.cancel()
            await settled()
            slow.let_go.set()
            assert [(await first).status_code, (await third).status_code] == [200, 200]
        assert nobody_is_there(overload)

    async def test_a_place_that_fell_free_is_there_for_who_comes_then(self) -> None:
        slow = Slow()
        overload = Overload(slow, BOUND, patience=0)
        async with asked(overload, BOUND) as (client, under_way):
            assert (await client.get("/work")).status_code == 503
            slow.let_go.set()
            await asyncio.gather(*under_way)
            assert (await client.get("/work")).status_code == 200
        assert nobody_is_there(overload)

    async def test_one_that_failed_gives_its_place_back(self) -> None:
        async def failing(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            raise ZeroDivisionError

        overload = Overload(failing, BOUND)
        async with AsyncClient(transport=ASGITransport(overload), base_url="http://trial") as client:
            for _ in range(2 * BOUND):
                with pytest.raises(ZeroDivisionError):
                    await client.get("/work")
        assert nobody_is_there(overload)

    @pytest.mark.parametrize("path", ["/health", "/api/trial/v1/ready", "/metrics"])
    async def test_probes_and_metrics_are_answered(self, path: str) -> None:
        slow = Slow()
        async with asked(Overload(slow, BOUND), BOUND) as (client, _):
            probe = asyncio.ensure_future(client.get(path))
            await settled()
            slow.let_go.set()
            assert (await probe).status_code == 200

    async def test_what_only_looks_like_a_probe_and_has_a_body_is_turned_away(self) -> None:
        async with asked(Overload(Slow(), at_once=0, patience=0), 0) as (client, _):
            assert (await client.post("/no/such/health", content=b"body")).status_code == 503

    async def test_a_websocket_is_let_in(self) -> None:
        let_in: list[str] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            let_in.append(scope["type"])

        async def unused(*_: Any) -> Any: ...

        await Overload(app, at_once=0)({"type": "websocket", "path": "/socket", "headers": []}, unused, unused)
        assert let_in == ["websocket"]


class TestWhoIsTurnedAway:
    @pytest.mark.parametrize("language", ["kk", "ru", "en"])
    async def test_reads_in_their_language_that_nothing_was_begun_and_when_to_repeat(self, language: str) -> None:
        async with asked(Overload(Slow(), at_once=0, patience=0), 0) as (client, _):
            answer = await client.post("/work", headers={"Accept-Language": language})
        begun = {"kk": "Ештеңе басталған жоқ.", "ru": "Ничего не было начато.", "en": "Nothing was begun."}
        assert answer.json()["fix"].startswith(begun[language])
        assert (answer.json()["code"], answer.json()["status"]) == ("overloaded", 503)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.headers["retry-after"], answer.headers["content-language"]) == ("1", language)


class TestWhileCallersAreOnSlowLines:
    async def test_one_still_sending_takes_nobodys_place_though_their_number_is_bounded_too(self) -> None:
        slow = Slow()
        overload = Overload(slow, at_once=1, present=BOUND)
        senders = [asyncio.ensure_future(self._never_done(overload)) for _ in range(BOUND - 1)]
        await eventually(lambda: asyncio.sleep(0, slow.begun == BOUND - 1 and not overload.sending))
        async with asked(overload, 1) as (client, (last,)):
            assert slow.begun == BOUND  # beside the senders there was a place
            assert (await client.get("/work")).status_code == 503
            slow.let_go.set()
            assert (await last).status_code == 200
        await self._gone(senders)
        assert nobody_is_there(overload)

    async def test_one_still_sending_who_waited_for_a_place_keeps_it_for_a_moment_alone(self) -> None:
        slow = Slow()
        overload = Overload(slow, at_once=1, patience=30)
        async with asked(overload, 1) as (client, (first,)):
            senders = [asyncio.ensure_future(self._never_done(overload)) for _ in range(3)]
            await settled()
            last = asyncio.ensure_future(client.get("/work"))
            await settled()
            assert (slow.begun, len(overload.waiting)) == (1, 4)
            slow.let_go.set()
            assert [(await first).status_code, (await last).status_code] == [200, 200]
            assert len(overload.waiting) == len(overload.worked_on) == 0
            assert (await client.get("/work")).status_code == 200
        await self._gone(senders)
        assert nobody_is_there(overload)

    async def test_those_who_go_let_in_no_more_than_there_is_room_for(self) -> None:
        slow = Slow()
        overload = Overload(slow, at_once=1, patience=30)
        senders = [asyncio.ensure_future(self._never_done(overload)) for _ in range(BOUND)]
        await eventually(lambda: asyncio.sleep(0, slow.begun == BOUND and not overload.sending))
        async with asked(overload, 3) as (_, under_way):
            assert slow.begun == BOUND + 1
            await self._gone(senders)
            await settled()
            assert slow.begun == BOUND + 1
            slow.let_go.set()
            assert [a.status_code for a in await asyncio.gather(*under_way)] == [200] * 3

    async def test_one_who_reads_the_answer_slowly_takes_nobodys_place(self) -> None:
        slow = Slow()
        slow.let_go.set()
        overload = Overload(slow, at_once=1)
        reading = asyncio.Event()

        async def whole() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def slowly(_: Message) -> None:
            await reading.wait()

        reader = asyncio.ensure_future(overload({"type": "http", "path": "/work", "headers": []}, whole, slowly))
        async with asked(overload, 1) as (_, (other,)):
            assert (await other).status_code == 200
        reading.set()
        await reader

    @staticmethod
    async def _gone(senders: Sequence[asyncio.Future[None]]) -> None:
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)

    @staticmethod
    async def _never_done(app: ASGIApp) -> None:
        chunks = iter([b"a"])

        async def receive() -> Message:
            if chunk := next(chunks, b""):
                return {"type": "http.request", "body": chunk, "more_body": True}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(_: Message) -> None: ...

        await app({"type": "http", "path": "/work", "headers": []}, receive, send)


class TestWhatHasABoundOfItsOwn:
    async def test_leaves_room_for_everything_else(self) -> None:
        app, let_go = FastAPI(), asyncio.Event()
        answer_with_problems(app)

        @app.post("/hashing", dependencies=[Depends(Turns(1))])
        async def hashing() -> None:
            await let_go.wait()

        @app.get("/else")
        async def otherwise() -> None: ...

        async with asked(Overload(app, BOUND), 2, "/hashing") as (client, (first, second)):
            assert (await second).json()["code"] == "overloaded"
            assert (await client.get("/else")).status_code == 200
            let_go.set()
            assert (await first).status_code == 200
            assert (await client.post("/hashing")).status_code == 200
