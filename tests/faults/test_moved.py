"""An installation moved from the embedded way to Kafka, and on to another broker, in the middle of everything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.kafka.broker import Broker
from deploy.postgres.embedded import EmbeddedPostgres
from reglament.asking.client import Client
from reglament.asking.verify import Verification
from reglament.demo.case import instant
from reglament.demo.worked import load
from reglament.embedded.system import Embedded
from reglament.keeping.home import Home
from shared.transport.cluster import Cluster
from tests.faults import counting
from tests.faults.house import PROCEDURE, failing
from tests.faults.story import SharedStage, Story
from tests.support.waiting import eventually

TO_A_DRAWN_PROTOCOL = ("register", "check", "convene", "sit", "decide", "draw-protocol")
ADMITTED = {"ApplicationRegistered": 1, "ApplicationAdmitted": 1, "ApplicantNotified": 1}
OWN = "select type, count(*) from events where subject = $1 and origin is null group by type"


@dataclass
class Moving(httpx.AsyncBaseTransport):
    """The address of an installation that moves: its clients notice nothing. `parked`: whose admission fails."""

    postgres: EmbeddedPostgres
    parked: set[str] = field(default_factory=set)
    now: httpx.AsyncBaseTransport = field(default_factory=httpx.AsyncBaseTransport)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.now.handle_async_request(request)

    @asynccontextmanager
    async def running(self, cluster: Cluster | None = None) -> AsyncIterator[Embedded]:
        system = Embedded(Home.open(self.postgres.home, demonstration=True), self.postgres, cluster)
        try:
            self.now = httpx.ASGITransport(await system.start())
            yield system
        finally:
            await system.stop()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The subjects whose admission, and what came before it, notification can't react to."""
    return failing(monkeypatch, "ApplicationRegistered", "ExecutorAssigned", "ApplicationAdmitted")


async def do(story: Story, *acts: str) -> None:
    for act in (a for a in story.worked.acts if a.do in acts):
        at = story._local(await story.stage.now())
        await story.settled(await story.doing(act.do)(act.model_copy(update={"at": at, "receipt": None})))


async def sign(story: Story, who: slice) -> None:
    """These of the four whom the protocol lists answer."""
    protocol = await story._protocol()
    for signer in protocol["signers"][who]:
        await story.answer(signer["member"], protocol["digest"])


async def admit(http: httpx.AsyncClient, story: Story, key: str) -> dict[str, Any]:
    """Admit under this very key."""
    executor = await story.stage.as_("executor")
    headers = {"Authorization": f"Bearer {executor.token}", "Idempotency-Key": key}
    path = f"/api/intake/v1/applications/{story.application}/admission"
    answer = await http.post(path, json={}, headers=headers)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def parked(operator: Client) -> list[tuple[str, str]]:
    held = await operator.get("/api/notification/v1/parked")
    return [(h["reader"], h["subject"]) for h in held]


class TestInTheMiddleOfACase:
    async def test_a_parked_fact_a_half_signed_protocol_and_a_fresh_key_come_along(
        self, own_postgres: EmbeddedPostgres, kafka: str, broken: set[str], tmp_path: Path
    ) -> None:
        published, worked = load(PROCEDURE, "granted")
        place, key = Moving(own_postgres), str(uuid4())
        async with httpx.AsyncClient(base_url="http://house", transport=place, timeout=60) as http:
            async with place.running():
                operator = Client(http, Home.open(own_postgres.home).operator_token())
                stage = SharedStage(http, operator, published)
                await stage.begin(instant("2019-11-25 09:00", stage.zone))
                signed, unlucky, fresh = (Story(stage, worked) for _ in range(3))
                await do(signed, *TO_A_DRAWN_PROTOCOL)
                await sign(signed, slice(1))
                await do(unlucky, "register")
                broken.add(unlucky.application)
                await unlucky.check(next(a for a in worked.acts if a.do == "check"))
                await eventually(lambda: is_parked(operator, unlucky))
                await do(fresh, "register")
                admitted = await admit(http, fresh, key)

            async with place.running(Cluster(kafka, prefix=f"{uuid4().hex[:8]}.")):
                assert await admit(http, fresh, key) == admitted
                assert await parked(operator) == [("notification-reactions", unlucky.application)]
                await sign(signed, slice(1, None))
                await do(signed, "approve-protocol", "notify")

            broken.clear()
            with Broker(tmp_path / "another") as another:
                async with place.running(Cluster(another.bootstrap)) as system:
                    assert await admit(http, fresh, key) == admitted
                    retry = f"/api/notification/v1/parked/notification-reactions/{unlucky.application}/retry"
                    await operator.command(retry)
                    assert await parked(operator) == []
                    await do(signed, "sign-contract")
                    assert (await signed.state(""))["result"]["outcome"] == "contract"
                    told = await Verification(operator, lambda _: None).run()
                    assert told["differences"] == []
                    logs = {name: node.log for name, node in system.nodes.items()}
                    assert await counting.damage(logs) == []
                    for story in (unlucky, fresh):
                        assert await kinds(system, story) == ADMITTED


async def is_parked(operator: Client, story: Story) -> bool:
    return ("notification-reactions", story.application) in await parked(operator)


async def kinds(system: Embedded, story: Story) -> dict[str, int]:
    """The public facts of a case, each counted where it was written."""
    rows = [row for node in system.nodes.values() for row in await node.log.pool.fetch(OWN, story.application)]
    return {row["type"]: row["count"] for row in rows}
