"""A step over HTTP: log-in checked, body validated, once under its key, who did it written with it."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID, uuid4

from reglament.keeping.home import Home
from shared.identity.roles import Role
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import floor_table, server
from tests.benchmarks.seeds import case_number, registered
from tests.benchmarks.serve import process
from tests.benchmarks.steps import SIZE
from tests.benchmarks.town import Town, token, town

Request = Callable[[], bytes]


def post(path: str, body: object, *headers: str) -> bytes:
    content = json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: bench",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + content


async def requests(port: int, at_once: int, amount: int, request: Request) -> float:
    """Requests in a second, each connection one after another; every answer has to be a success."""
    left = iter(range(amount))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(request())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answer = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 20"):
                raise RuntimeError(answer.decode())
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    return amount / (time.perf_counter() - begun)


def admissions(cases: Iterator[int], bearer: str) -> Request:
    """The executor admits one registered case after another."""

    def request() -> bytes:
        path = f"/api/intake/v1/applications/{case_number(next(cases), 'application')}/admission"
        return post(path, {}, f"Authorization: Bearer {bearer}", f"Idempotency-Key: {uuid4()}")

    return request


async def written_by_one(at_work: Town) -> int:
    """Bytes of the facts that an admission writes."""
    query = f"{SIZE} where type in ('application.admitted', 'ApplicationAdmitted')"
    return int(await at_work.log("intake").pool.fetchval(query))


async def measure(scale: Scale) -> Report:
    lines = [Line(f"{n} at once", "requests/s", Goal(0.5, 0.8)) for n in (1, 16)]
    amounts = {1: scale.count(500, 50), 16: scale.count(1500, 100)}
    with server() as postgres:
        async with town(postgres) as at_work:
            application = await at_work.case()
            await at_work.quiet()
            seed, payload = await registered(at_work.log("intake"), application), await written_by_one(at_work)
            bearer = token(at_work.keys.private_key, UUID(at_work.stage.accounts["executor"]), Role.EXECUTOR)
            await seed.sow(postgres.dsn("reglament_intake"), 1, sum(amounts.values()) * (scale.rounds + 1))
            await seed.settle(postgres.dsn("reglament_intake"))
        home = Home(postgres.home, demonstration=False)
        at_work.keys.keep(home)
        async with (
            floor_table(postgres) as dsn,
            process("bare_http", dsn=dsn, payload=payload) as bare,
            process("api", service="intake", home=str(home.path)) as api,
        ):
            admit = admissions(count(1), bearer)
            await requests(api, 4, 20, admit)

            async def floor() -> dict[str, float]:
                return {f"{n} at once": await requests(bare, n, a, bare_request) for n, a in amounts.items()}

            async def subject() -> dict[str, float]:
                return {f"{n} at once": await requests(api, n, a, admit) for n, a in amounts.items()}

            await take_turns(scale.rounds, lines, floor, subject)
    return Report(
        "A step over HTTP with log-in, validation, audit",
        f"`POST /facts` of a FastAPI app whose body is one checked field: one insert of {payload} bytes by asyncpg",
        "`POST /api/intake/v1/applications/{id}/admission` of intake's API process: token verified, Idempotency-Key looked "
        "up and kept, the case and the application read, the step checked against the procedure, two facts written with "
        "who did it",
        lines,
        ["Both behind the same uvicorn in a process of its own; the client is a third process on kept connections."],
    )


def bare_request() -> bytes:
    return post("/facts", {"id": str(uuid4())})
