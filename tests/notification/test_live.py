"""The live cabinet over a real server and real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.notification.cabinet import reads
from services.notification.cabinet.dispatch import Dispatcher
from services.notification.cabinet.reads import Shown
from services.notification.main import cabinet_app
from services.notification.settings import LiveSettings
from shared.identity.roles import Role
from shared.kernel.log import Log, Place
from tests.notification.conftest import KEY, SECRET, House, token
from tests.notification.story import Story
from tests.support.waiting import PATIENCE, eventually

ALIYA = UUID(int=101)
QUIET = LiveSettings(heartbeat_seconds=600, send_seconds=30)
BUSY = LiveSettings(heartbeat_seconds=0.05, send_seconds=30)
IMPATIENT = LiveSettings(heartbeat_seconds=600, send_seconds=0.3, close_seconds=60)


@dataclass
class Server:
    """The cabinet served on a port; its dispatcher can be looked at."""

    port: int
    dispatcher: Dispatcher

    @asynccontextmanager
    async def greeted(self, **hello: str) -> AsyncIterator[ClientConnection]:
        address = f"ws://127.0.0.1:{self.port}/api/cabinet/v1/live"
        async with connect(address, max_size=None, compression=None) as ws:
            await ws.send(json.dumps({"token": token(ALIYA, Role.APPLICANT), **hello}))
            yield ws


@asynccontextmanager
async def serving(house: House, settings: LiveSettings) -> AsyncIterator[Server]:
    app = cabinet_app(house.node, KEY.public_key(), SECRET, settings)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=5))
    running = asyncio.create_task(server.serve([listener]))

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield Server(listener.getsockname()[1], app.state.live.dispatcher)
    finally:
        server.should_exit = True
        await running
        listener.close()


@pytest.fixture
async def server(house: House) -> AsyncIterator[Server]:
    async with serving(house, QUIET) as served:
        yield served


async def frame(ws: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        found: dict[str, Any] = json.loads(await ws.recv())
    return found


async def closed(ws: ClientConnection) -> tuple[int, str]:
    """The close that comes in the end, whatever came before it."""
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ConnectionClosed):
            await _everything(ws)
    return ws.close_code or 0, ws.close_reason or ""


async def _everything(ws: ClientConnection) -> None:
    while True:
        await ws.recv()


class TestWhenAnApplicationIsRegistered:
    @pytest.fixture(autouse=True)
    async def registered(self, house: House, story: Story) -> None:
        story.account = ALIYA
        await story.registered()
        await house.settled()

    async def test_the_first_frame_is_its_state(self, server: Server, story: Story) -> None:
        async with server.greeted(language="ru") as ws:
            first = await frame(ws)
        assert (first["application"], first["version"]) == (story.subject, 1)
        assert first["state"]["status"]["title"] == "На рассмотрении"
        assert [o["step"] for o in first["state"]["open"]] == ["check"]

    async def test_each_change_comes_as_a_newer_state(self, server: Server, story: Story) -> None:
        async with server.greeted() as ws:
            versions = [(await frame(ws))["version"]]
            await story.admitted()
            while versions[-1] < 3:  # the admission and its notice, in one frame or in two
                versions.append((await frame(ws))["version"])
        assert versions in ([1, 2, 3], [1, 3])

    async def test_who_resumes_gets_only_what_came_since(self, server: Server, house: House, story: Story) -> None:
        async with server.greeted() as ws:
            cursor = (await frame(ws))["cursor"]
        other = await house.story(ALIYA)
        await other.registered()
        async with server.greeted(cursor=cursor) as ws:
            since = await frame(ws)
            assert (since["application"], since["version"]) == (other.subject, 1)
            await story.admitted()
            assert (await frame(ws))["application"] == story.subject

    async def test_the_cursor_outlives_a_rebuild(self, server: Server, house: House, story: Story) -> None:
        async with server.greeted() as ws:
            cursor = (await frame(ws))["cursor"]
        await house.node.projectors[0].rebuild()
        async with server.greeted(cursor=cursor) as ws:
            await story.admitted()
            assert (await frame(ws))["version"] > 1

    async def test_a_rebuild_sends_nothing_twice(self, server: Server, house: House, story: Story) -> None:
        async with server.greeted() as ws:
            await frame(ws)
            await house.node.projectors[0].rebuild()
            await story.admitted()
            assert (await frame(ws))["version"] > 1

    async def test_a_cursor_of_elsewhere_gives_every_state(self, server: Server, story: Story) -> None:
        async with server.greeted(cursor="ffffffff.9.9") as ws:
            assert (await frame(ws))["application"] == story.subject

    async def test_everybody_gets_only_their_own(self, server: Server, house: House, story: Story) -> None:
        stranger = await house.story()
        async with server.greeted() as ws:
            await frame(ws)
            await stranger.registered()
            await house.settled()
            await story.admitted()
            assert (await frame(ws))["application"] == story.subject

    async def test_many_sockets_are_served_by_one_reader(self, server: Server, story: Story) -> None:
        async with server.greeted() as one, server.greeted() as two, server.greeted() as three:
            for ws in (one, two, three):
                await frame(ws)
            await story.admitted()
            assert {(await frame(ws))["application"] for ws in (one, two, three)} == {story.subject}

    async def test_an_error_of_the_reader_is_outlived(
        self, server: Server, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read, failed = reads.changed, 0

        async def fails_once(log: Log, after: Place) -> tuple[list[Shown], Place]:
            nonlocal failed
            failed += 1
            if failed == 1:
                raise ValueError
            return await read(log, after)

        async with server.greeted() as ws:
            await frame(ws)
            monkeypatch.setattr(reads, "changed", fails_once)
            await story.admitted()
            assert (await frame(ws))["version"] > 1
        assert failed > 1

    async def test_a_reader_that_was_stopped_starts_again_and_misses_nothing(
        self, server: Server, story: Story
    ) -> None:
        async with server.greeted() as ws:
            await frame(ws)
            assert server.dispatcher._task
            server.dispatcher._task.cancel()
            await story.admitted()
            async with server.greeted() as another:
                await frame(another)
                assert (await frame(ws))["version"] > 1

    async def test_an_official_of_the_provider_may_watch_it(self, server: Server, house: House, story: Story) -> None:
        executor = uuid4()
        async with server.greeted(token=token(executor, Role.EXECUTOR), application=story.subject) as ws:
            assert (await frame(ws))["application"] == story.subject
        noted = await house.log.pool.fetchrow("select account, subject, route from openings")
        assert tuple(noted or ()) == (executor, story.subject, "WEBSOCKET /live")

    async def test_an_official_of_another_provider_may_not(self, server: Server, story: Story) -> None:
        stranger = token(uuid4(), Role.EXECUTOR, provider="elsewhere")
        async with server.greeted(token=stranger, application=story.subject) as ws:
            assert await closed(ws) == (4403, "not-your-provider")

    async def test_an_application_that_isnt_there_cant_be_watched(self, server: Server) -> None:
        async with server.greeted(application=str(uuid4())) as ws:
            assert await closed(ws) == (4404, "not-found")

    async def test_the_socket_closes_when_the_token_expires(self, server: Server) -> None:
        async with server.greeted(token=token(ALIYA, Role.APPLICANT, seconds=2)) as ws:
            assert await closed(ws) == (4401, "token-expired")

    async def test_a_token_that_is_none_is_refused(self, server: Server) -> None:
        async with server.greeted(token="x") as ws:
            assert await closed(ws) == (4401, "token-invalid")

    @pytest.mark.parametrize("first", ["", "{}", "[1]", '{"token": "x", "more": 1}', b"\xff", "😀"])
    async def test_a_first_message_that_is_none_is_refused(self, server: Server, first: str | bytes) -> None:
        async with connect(f"ws://127.0.0.1:{server.port}/api/cabinet/v1/live") as ws:
            await ws.send(first)
            assert (await closed(ws))[0] == 4400

    async def test_when_nothing_happens_it_is_pinged_with_its_cursor(self, house: House) -> None:
        async with serving(house, BUSY) as busy, busy.greeted() as ws:
            last = await frame(ws)
            ping = await frame(ws)
        assert set(ping) == {"ping", "cursor"}
        assert ping["cursor"] == last["cursor"]

    async def test_a_slow_reader_is_cut_off_with_its_cursor(self, house: House) -> None:
        fat = "jsonb_set(state, '{project,title}', to_jsonb(repeat('x', 30000000)))"
        await house.log.pool.execute(f"update views.cabinet set state = {fat}")
        async with serving(house, IMPATIENT) as impatient:
            async with impatient.greeted() as ws:
                first = await frame(ws)
                ws.transport.pause_reading()
                for version in range(2, 5):
                    await changed(house, version)

                async def cut_off() -> bool:
                    return impatient.dispatcher.watched == 0

                await eventually(cut_off)
                ws.transport.resume_reading()
                code, cursor = await closed(ws)
            assert (code, cursor.split(".")[0]) == (4408, first["cursor"].split(".")[0])
            async with impatient.greeted(cursor=cursor) as ws:
                assert (await frame(ws))["version"] == 4


async def changed(house: House, version: int) -> None:
    await house.log.pool.execute("update views.cabinet set version = $1, tx = tx + 1, position = position + 1", version)
    house.log.ring()
    await asyncio.sleep(0.1)
