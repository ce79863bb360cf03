"""The running system and the people in it, as a journey meets them: over HTTP, one address for all services."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from reglament.asking.client import Answered, Client
from reglament.demo.people import numbered
from reglament.demo.stage import Stage
from reglament.keeping.home import Home
from shared.calendar.clock import DemonstrationClock
from shared.contracts.topics import READERS
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel.node import Node
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.editions import load_all
from shared.texts.languages import Language
from tests.journeys.links import Severable
from tests.support.waiting import PATIENCE

ON_THE_WAY = {"unknown-application", "step-not-open-yet", "not-open-yet", "not-found"}
"""Codes that a service gives while facts are on their way to it."""
OF_CASES = ("intake", *READERS["intake"])
"""The services that have to do with cases."""
HELD = """select e.id, not exists(
    select from cursors c where c.name = any($2::text[]) and (c.tx, c.position) < (e.tx, e.position)
  ) as seen from events e where e.subject = $1 order by e.id"""
Json = dict[str, Any]


@dataclass
class Town:
    """One installation for all tests of a mode. Its legal clock is shared, so each test sets it for itself."""

    mode: str
    url: str
    home: Home
    system: Severable
    http: httpx.AsyncClient
    stage: Stage
    granted: list[Any] = field(default_factory=list)
    """Applications whose contracts are open, for tests to take one each."""
    stages: dict[str, Stage] = field(default_factory=dict)
    """Those who act for other procedures, by its code."""
    _next: int = field(default=70010130000)

    async def at(self, moment: str) -> None:
        """Move legal time to this moment of Karaganda's clocks; past HTTP, which the worked cases do."""
        clock = self.system.nodes["intake"].clock
        assert isinstance(clock, DemonstrationClock)
        await clock.set_to(instant(moment))

    def newcomer(self) -> str:
        """The number of somebody who never came before."""
        number = numbered(str(self._next))
        self._next = int(number[:11]) + 1
        return number

    @property
    def operator(self) -> Client:
        return self.stage.operator

    def account(self, handle: str) -> str:
        return self.stage.accounts[handle]

    def holder(
        self, account: str | None = None, *grants: Grant, lasts: float = 900, language: Language = "en"
    ) -> Client:
        """A caller with a token of the installation; nobody's account unless one is named."""
        who = UUID(account) if account else uuid4()
        token = issue(
            self.home.private_key, account=who, grants=grants, language=language, lifetime=timedelta(seconds=lasts)
        )
        return Client(self.http, token, language)

    def applicant(self, account: str, lasts: float = 900) -> Client:
        return self.holder(account, Grant(role=Role.APPLICANT), lasts=lasts)

    async def do(self, who: str | Client, path: str, body: Any = None, **options: Any) -> Json:
        """A command that has to be taken; waits while facts are on their way."""
        caller = await self.stage.as_(who) if isinstance(who, str) else who
        until = _time() + PATIENCE
        while True:
            try:
                return await caller.command(path, body, **options)
            except Answered as answered:
                if answered.problem.get("code") not in ON_THE_WAY or _time() > until:
                    raise
            await asyncio.sleep(0.02)

    async def refused(
        self, who: str | Client, path: str, body: Any = None, *, code: str, status: int, **options: Any
    ) -> Json:
        """A command that has to be refused so; returns the problem. Waits while facts are on their way."""
        caller = await self.stage.as_(who) if isinstance(who, str) else who
        until = _time() + PATIENCE
        while True:
            answer = await self.send(caller, path, body, **options)
            problem: Json = answer.json()
            if problem.get("code") not in ON_THE_WAY - {code} or _time() > until:
                break
            await asyncio.sleep(0.02)
        assert (answer.status_code, problem.get("code")) == (status, code), problem
        assert answer.headers["content-type"] == "application/problem+json"
        return problem

    async def send(
        self,
        caller: Client,
        path: str,
        body: Any = None,
        *,
        method: str = "POST",
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One request, whatever comes of it."""
        said = {
            "Authorization": f"Bearer {caller.token}",
            "Accept-Language": caller.language,
            "Idempotency-Key": key or str(uuid4()),
            **(headers or {}),
        }
        return await self.http.request(method, path, json=body, headers=said, **options)

    async def get(self, who: str | Client, path: str, **params: Any) -> Any:
        caller = await self.stage.as_(who) if isinstance(who, str) else who
        return await caller.get(path, **params)

    async def stage_of(self, code: str, day: datetime) -> Stage:
        """Those who act for this procedure, who are there from this day on."""
        if code not in self.stages:
            self.stages[code] = await Stage(self.http, self.operator, load_all()[code]).set(day)
        return self.stages[code]

    # -- what every service that has to do with cases makes of the facts

    async def case(self, service: str, application: str) -> Case:
        return await case_of(await self.system.nodes[service].work(), application)

    async def settled(self, subject: str) -> None:
        """Until every service that has to do with cases holds the same facts about the subject and has done by itself what
        follows from them."""
        until = _time() + PATIENCE
        while len({await self._held(self.system.nodes[service], subject) for service in OF_CASES}) > 1:
            assert _time() < until, "facts stay on their way"
            await asyncio.sleep(0.005)

    async def _held(self, node: Node, subject: str) -> tuple[UUID, ...]:
        """The facts that this service holds, once it has reacted to them and its views show them."""
        followers = [f"{node.service.name}-reactions", *[view.name for view in node.views]]
        rows = await node.log.pool.fetch(HELD, subject, followers)
        return tuple(r["id"] for r in rows) if all(r["seen"] for r in rows) else (uuid4(),)


def instant(moment: str) -> datetime:
    """A moment of Karaganda's clocks in 2019 and 2020, which were six hours ahead."""
    return datetime.fromisoformat(f"{moment}+06:00")


def stated(moment: str) -> str:
    return instant(moment).isoformat()


def _time() -> float:
    return asyncio.get_running_loop().time()
