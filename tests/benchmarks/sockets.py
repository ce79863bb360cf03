"""Eight thousand open sockets of the live cabinet: opened, told a change each, dropped, and all back at once."""

import json
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from websockets.asyncio.client import connect

from reglament.keeping.home import Home
from services.notification.cabinet.views import CABINET
from shared.identity.roles import Role
from shared.kernel.views import Projector
from tests.benchmarks.crowd import Talk, crowd
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import server
from tests.benchmarks.seeds import case_number, public, uuid_of
from tests.benchmarks.serve import process
from tests.benchmarks.town import Town, token, town

CHANGED = """
update views.cabinet v set version = v.version + 1, tx = pg_current_xact_id()::text::bigint, position = n.place
  from (select subject, row_number() over () as place from views.cabinet) n where n.subject = v.subject;
update cursors set tx = pg_current_xact_id(), position = (select count(*) from views.cabinet) where name = 'cabinet';
notify log
"""
LINES = ("open", "a change each", "all back at once")
Change = Callable[[], Awaitable[None]]


@dataclass
class Readers:
    """The crowd before one server, and how that server is made to have news for each of them."""

    talk: Talk
    change: Change
    amount: int

    async def round(self) -> dict[str, float]:
        """Sockets, or frames, in a second; and how many frames never came."""
        await self.talk.tell("forget")
        opened = await self.talk.tell("open")
        await self.talk.tell("expect")
        begun = time.perf_counter()
        await self.change()
        changed = await self.talk.tell("next")
        took = time.perf_counter() - begun
        await self.talk.tell("drop")
        await self.change()
        back = await self.talk.tell("open")
        await self.talk.tell("drop")
        rates = (self.amount / seconds for seconds in (opened["seconds"], took, back["seconds"]))
        return dict(zip(LINES, rates, strict=True)) | {"missed": changed["missing"], "sent away": back["again"]}


async def measure(scale: Scale) -> Report:
    amount = scale.count(8000, 500)
    lines = [Line("open", "sockets/s"), Line("a change each", "frames/s"), Line(LINES[2], "sockets/s", Goal(0.5, 0.8))]
    counts = [Line("missed", "frames", Goal(0, 0, fewer=True)), Line("sent away", "sockets")]
    with server() as postgres:
        async with AsyncExitStack() as stack, town(postgres) as at_work:
            hellos = await _prepared(at_work, amount)
            size = await _frame(at_work)
            home = str(postgres.home)
            bare = await stack.enter_async_context(process("bare_socket", payload=size))
            api = await stack.enter_async_context(process("api", service="notification", home=home))
            floor = Readers(await stack.enter_async_context(crowd(bare, "/live", hellos)), _go(bare), amount)
            path, dsn = "/api/cabinet/v1/live", postgres.dsn("reglament_notification")
            subject = Readers(await stack.enter_async_context(crowd(api, path, hellos)), _changed(dsn), amount)
            await take_turns(min(scale.rounds, 3), [*lines, *counts], floor.round, subject.round)
    for line in counts:
        line.floor.clear()
    return Report(
        f"{amount:,} open sockets",
        f"a bare Starlette WebSocket behind the same uvicorn: on the first message one frame of {size} bytes, and one to each "
        "socket when told to",
        "notification's API process, straight: token verified, what has changed since the cursor read, rendered and sent; "
        "then every application changes once, in one transaction on the read model; then all sockets are cut, every "
        "application changes again, and all come back with their cursors at once",
        [*lines, *counts],
        ["Readers are raw sockets in a process of their own; each watches its own account with one application."],
    )


async def _prepared(at_work: Town, amount: int) -> Path:
    """So many applications in the cabinet, each of another account; their first messages."""
    application = await at_work.case()
    await at_work.quiet()
    log, dsn = at_work.log("notification"), at_work.postgres.dsn("reglament_notification")
    seed = await public(log, application, "ApplicationRegistered")
    account = '"account":"{}"'.format(json.loads(seed.rows[0].data)["applicant"]["account"])
    other = {**seed.other, account: f"""'"account":"' || {uuid_of("account")} || '"'"""}
    await type(seed)(seed.rows, other).sow(dsn, 1, amount)
    await Projector(CABINET, log, at_work.vaults["notification"]).rebuild()
    await seed.settle(dsn)
    at_work.keys.keep(Home(at_work.postgres.home, demonstration=False))
    accounts = (UUID(case_number(n, "account")) for n in range(1, amount + 1))
    path, key = at_work.postgres.home / "hellos", at_work.keys.private_key
    path.write_text("".join(f'{{"token": "{token(key, a, Role.APPLICANT)}"}}\n' for a in accounts))
    return path


async def _frame(at_work: Town) -> int:
    """Bytes of a state as it is sent, about."""
    return int(
        await at_work.log("notification").pool.fetchval("select avg(length(state::text))::int from views.cabinet")
    )


def _changed(dsn: str) -> Change:
    async def change() -> None:
        connection = await asyncpg.connect(dsn)
        async with connection.transaction():
            await connection.execute(CHANGED)
        await connection.close()

    return change


def _go(port: int) -> Change:
    async def change() -> None:
        async with connect(f"ws://127.0.0.1:{port}/live", compression=None) as socket:
            await socket.send("go")

    return change
