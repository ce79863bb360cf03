"""HTTP through the front door, with plain apps behind it."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from reglament.door.proxy_http import forwarded, patience
from reglament.door.upstreams import Upstreams
from tests.stack.houses import answer, breaking_off, client, front_door, nowhere, served, whole_body


class Echo:
    """Answers with what it was asked, and remembers it."""

    def __init__(self, name: str = "echo") -> None:
        self.name = name
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        self.bodies.append(await whole_body(receive))
        await answer(send, 200, self.name.encode(), (b"x-who", self.name.encode()), (b"set-cookie", b"a"))

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.scopes[-1]["headers"])


class TestWhenTheServiceAnswers:
    async def test_path_and_query_arrive_as_they_were_sent(self) -> None:
        echo = Echo()
        async with served(echo) as behind, front_door(behind) as url, client(url) as http:
            await http.get("/api/intake/v1/a%2Fb/ж?number=KRG%2F1&x=+")
        assert echo.scopes[0]["raw_path"] == b"/api/intake/v1/a%2Fb/%D0%B6"
        assert echo.scopes[0]["query_string"] == b"number=KRG%2F1&x=+"

    def test_a_check_of_a_whole_log_or_a_large_import_may_take_long_and_nothing_else(self) -> None:
        paths = ("checks/effects", "evaluations/1/imports", "applications")
        seconds = [patience({"path": f"/api/intake/v1/{path}"})["read"] for path in paths]
        assert seconds == [600, 3600, 60]

    async def test_another_path_is_the_front_doors_own(self) -> None:
        echo = Echo()
        async with served(echo) as behind, front_door(behind) as url, client(url) as http:
            assert (await http.get("/api/intake/v2/x")).text == "nobody"
        assert echo.scopes == []

    async def test_method_and_body_pass_whole(self) -> None:
        echo, body = Echo(), os.urandom(3_000_000)
        async with served(echo) as behind, front_door(behind) as url, client(url) as http:
            answered = await http.put("/api/intake/v1/x", content=body)
        assert (answered.status_code, answered.text) == (200, "echo")
        assert (echo.scopes[0]["method"], echo.bodies) == ("PUT", [body])

    async def test_a_body_of_unknown_length_passes_too(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for piece in (b"one ", b"two"):
                yield piece

        echo = Echo()
        async with served(echo) as behind, front_door(behind) as url, client(url) as http:
            await http.post("/api/intake/v1/x", content=pieces())
        assert echo.bodies == [b"one two"]

    async def test_headers_between_two_neighbours_stay_there(self) -> None:
        echo = Echo()
        sent = {"Connection": "X-Mine, close", "X-Mine": "1", "Idempotency-Key": "k", "X-Forwarded-For": "6.6.6.6"}
        async with served(echo) as behind, front_door(behind) as url, client(url) as http:
            await http.get("/api/intake/v1/x", headers=sent)
        assert b"x-mine" not in echo.headers
        assert echo.headers[b"idempotency-key"] == b"k"

    def test_it_says_for_whom_and_how_the_request_came_and_believes_nobody_who_says_so(self) -> None:
        headers = [(b"Host", b"grants.example.kz"), (b"X-Forwarded-For", b"6.6.6.6"), (b"X-Forwarded-Proto", b"ftp")]
        scope = {"type": "websocket", "scheme": "wss", "client": ("10.0.0.7", 4711), "headers": headers}
        assert dict(forwarded(scope)) == {
            b"host": b"grants.example.kz",
            b"x-forwarded-for": b"10.0.0.7",
            b"x-forwarded-host": b"grants.example.kz",
            b"x-forwarded-proto": b"https",
        }

    def test_where_the_body_ends_is_said_once(self) -> None:
        headers = [(b"Content-Length", b"4"), (b"Transfer-Encoding", b"chunked")]
        passed = dict(forwarded({"type": "http", "scheme": "http", "client": None, "headers": headers}))
        assert passed == {b"transfer-encoding": b"chunked", b"x-forwarded-proto": b"http"}

    async def test_the_answers_headers_come_back_but_one_date(self) -> None:
        async with served(Echo()) as behind, front_door(behind) as url, client(url) as http:
            answered = await http.get("/api/intake/v1/x")
        assert answered.headers["x-who"] == "echo"
        assert len(answered.headers.get_list("date")) == 1

    async def test_an_answer_comes_in_pieces_as_it_is_made(self) -> None:
        second = asyncio.Event()

        async def slowly(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
            await second.wait()
            await send({"type": "http.response.body", "body": b"two"})

        async with (
            served(slowly) as behind,
            front_door(behind) as url,
            client(url) as http,
            http.stream("GET", "/api/intake/v1/x") as answered,
        ):
            pieces = answered.aiter_raw()
            assert await anext(pieces) == b"one"
            second.set()
            assert await anext(pieces) == b"two"


class TestWhenOneOfTwoProcessesIsGone:
    async def test_every_request_finds_the_other(self) -> None:
        async with served(Echo()) as behind, front_door(f"{await nowhere()},{behind}") as url, client(url) as http:
            answers = [await http.post("/api/intake/v1/x", content=b"body") for _ in range(4)]
        assert [a.status_code for a in answers] == [200] * 4

    async def test_both_take_turns_when_it_is_back(self) -> None:
        async with (
            served(Echo("one")) as one,
            served(Echo("two")) as two,
            front_door(f"{one},{two}") as url,
            client(url) as http,
        ):
            answers = [(await http.get("/api/intake/v1/x")).text for _ in range(4)]
        assert sorted(answers) == ["one", "one", "two", "two"]


class TestWhenNobodyAnswers:
    async def test_the_caller_is_told_to_come_again(self) -> None:
        async with front_door(await nowhere()) as url, client(url) as http:
            answered = await http.post("/api/intake/v1/x", content=b"body", headers={"Accept-Language": "ru"})
        assert answered.status_code == 503
        assert answered.headers["content-type"] == "application/problem+json"
        assert int(answered.headers["retry-after"]) >= 1
        assert answered.headers["content-language"] == "ru"


class TestWhenAProcessDiesOverARequest:
    async def test_a_command_is_never_sent_to_another(self) -> None:
        echo, dying = Echo(), await asyncio.start_server(breaking_off, "127.0.0.1", 0)
        port = dying.sockets[0].getsockname()[1]
        async with (
            dying,
            served(echo) as behind,
            front_door(f"http://127.0.0.1:{port},{behind}") as url,
            client(url) as http,
        ):
            answered = await http.post("/api/intake/v1/x", content=b"body")
        assert (answered.status_code, echo.scopes) == (503, [])

    async def test_a_question_is_asked_of_another(self) -> None:
        dying = await asyncio.start_server(breaking_off, "127.0.0.1", 0)
        port = dying.sockets[0].getsockname()[1]
        async with (
            dying,
            served(Echo()) as behind,
            front_door(f"http://127.0.0.1:{port},{behind}") as url,
            client(url) as http,
        ):
            assert (await http.get("/api/intake/v1/x")).text == "echo"


class TestWhenAnAnswerBreaksOff:
    async def test_it_does_not_look_whole(self) -> None:
        async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            await writer.drain()
            writer.close()

        dying = await asyncio.start_server(half, "127.0.0.1", 0)
        port = dying.sockets[0].getsockname()[1]
        async with dying, front_door(f"http://127.0.0.1:{port}") as url, client(url) as http:
            with pytest.raises(httpx.RemoteProtocolError):
                await http.get("/api/intake/v1/x")


class TestWhereProcessesAnswer:
    def test_is_a_list(self) -> None:
        upstreams = Upstreams("http://a:1/, http://b:2")
        assert sorted(upstreams.in_turn()) == ["http://a:1", "http://b:2"]

    def test_each_comes_first_in_turn(self) -> None:
        upstreams = Upstreams("http://a:1,http://b:2")
        assert [next(upstreams.in_turn()) for _ in range(4)] == ["http://a:1", "http://b:2"] * 2

    def test_or_a_file_that_changes(self, tmp_path: Path) -> None:
        told = tmp_path / "up streams"
        upstreams = Upstreams(f"file:{told}")
        assert list(upstreams.in_turn()) == []
        told.write_text("http://a:1\nhttp://b:2\n")
        assert sorted(upstreams.in_turn()) == ["http://a:1", "http://b:2"]
        told.write_text("http://c:3\n")
        os.utime(told, ns=(1, 1))
        assert list(upstreams.in_turn()) == ["http://c:3"]
