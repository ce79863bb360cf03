"""An evaluating authority, a body that it evaluates, and whoever reports of one organisation, over HTTP on a real store."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx import ASGITransport, AsyncClient, Response

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring import main
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel.node import Node
from shared.kernel.vault import NoVault
from tests.support.stores import FixedClock, fresh_log
from tests.support.waiting import PATIENCE

API = "/api/scoring/v1"
KEY = Ed25519PrivateKey.generate()
APRIL_2023 = datetime(2023, 4, 3, 5, tzinfo=UTC)
"""Monday, 3 April 2023, 11:00 in Almaty, six hours ahead."""
HEALTH = {"kk": "Денсаулық сақтау басқармасы", "ru": "Управление здравоохранения", "en": "Health department"}
EDUCATION = {"kk": "Білім басқармасы", "ru": "Управление образования", "en": "Education department"}
BODIES = {"990140000384": HEALTH, "990240000398": EDUCATION}
Json = dict[str, Any]


@dataclass
class Authority:
    """A running scoring service; `evaluation` is the one that most tests are about."""

    node: Node
    http: AsyncClient
    clock: FixedClock
    accounts: dict[Role, UUID] = field(default_factory=dict)
    body: str = ""
    evaluation: str = ""

    # -- people

    def token(self, role: Role, **scope: Any) -> str:
        return self.holding(Grant(role=role, **scope))

    def holding(self, *grants: Grant) -> str:
        """Of one account with all these grants."""
        account = self.accounts.setdefault(grants[0].role, uuid4())
        return issue(KEY, account=account, grants=grants, language="en", lifetime=timedelta(minutes=10))

    @property
    def evaluator(self) -> str:
        return self.token(Role.EVALUATOR)

    @property
    def itself(self) -> str:
        return self.token(Role.EVALUATED_BODY, body=UUID(self.body))

    def reporter(self, organisation: str) -> str:
        return self.token(Role.REPORTER, body=UUID(self.body), provider=organisation)

    # -- over HTTP

    async def send(self, token: str, path: str, body: Any = None, method: str = "POST", **options: Any) -> Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), "Accept-Language": "en"}
        headers |= options.pop("headers", {})
        return await self.http.request(method, f"{API}{path}", json=body, headers=headers, **options)

    async def do(self, token: str, path: str, body: Any = None, **options: Any) -> Json:
        """A command that has to be taken; waits while the count catches up."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await self.send(token, path, body, **options)
            if "Retry-After" not in answer.headers or asyncio.get_running_loop().time() > until:
                assert answer.is_success, answer.text
                done: Json = answer.json()
                return done
            await asyncio.sleep(0.01)

    async def get(self, path: str, token: str | None = None, **params: Any) -> Any:
        answer = await self.send(token or self.evaluator, path, method="GET", params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def written_by(self, organisation: str) -> list[tuple[str, str | None]]:
        """In which role, for which organisation, each fact of this organisation was written down."""
        rows = await self.node.log.stream(f"organisation:{self.evaluation}:{organisation}")
        metas = [json.loads(row.meta) for row in rows]
        return [(meta["role"], meta.get("provider")) for meta in metas]

    async def refused(self, token: str, path: str, body: Any = None, *, code: str, method: str = "POST") -> Json:
        until = asyncio.get_running_loop().time() + PATIENCE
        while (answer := await self.send(token, path, body, method)).headers.get("Retry-After"):
            assert asyncio.get_running_loop().time() < until
            await asyncio.sleep(0.01)
        said: Json = answer.json()
        assert (said.get("code"), answer.is_error) == (code, True), answer.text
        return said

    # -- what happens

    def at(self, *more: str) -> str:
        return "/".join([f"/evaluations/{self.evaluation}", *more])

    async def opened(self, part: str = "state-institutions", period: int = 2022, bin: str = "990140000384") -> None:
        given = {"bin": bin, "name": BODIES[bin], "kind": "local-executive-body"}
        self.body = (await self.do(self.evaluator, "/bodies", given))["id"]
        asked = {"body": self.body, "period": period, "part": part}
        self.evaluation = (await self.do(self.evaluator, "/evaluations", asked))["id"]

    async def report(self, bin: str, *facts: Json, token: str | None = None, **other: Any) -> Json:
        said = {"name": f"Organisation {bin}", "kind": "state-institution", "region": "KZ-35", "facts": facts, **other}
        return await self.do(token or self.evaluator, self.at("organisations", bin), said)

    async def computed(self) -> None:
        await self.do(self.evaluator, self.at("closing"))
        await self.do(self.evaluator, self.at("computation"))

    async def sent(self) -> None:
        await self.computed()
        await self.do(self.evaluator, self.at("sending"))

    async def approved(self) -> Json:
        """Sent, agreed to, signed; the public facts about it are then in the log."""
        await self.sent()
        await self.do(self.itself, self.at("agreement"))
        return await self.sign()

    async def sign(self) -> Json:
        digest = (await self.shown())["to_sign"]["digest"]
        return await self.do(self.evaluator, self.at("approval"), {"digest": digest})

    async def shown(self) -> Json:
        found: Json = await self.get(self.at())
        return found

    async def sheet(self, **params: Any) -> Json:
        """The count once it has everything that was reported."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found: Json = await self.get(self.at("sheet"), **params)
                if not found["behind"]:
                    return found
                await asyncio.sleep(0.01)

    async def published(self, kind: str) -> list[Json]:
        """The public facts of this kind about the evaluation, as their readers have them."""
        rows = sorted(await self.node.log.subjects([self.evaluation]), key=lambda r: r.version)
        return [json.loads(r.data) for r in rows if r.type == kind]


@asynccontextmanager
async def authority(postgres: EmbeddedPostgres) -> AsyncIterator[Authority]:
    log, clock = await fresh_log(postgres, "scoring"), FixedClock(APRIL_2023)
    node = main.build(log, NoVault(), clock)
    await node.start()
    app = main.app(node, KEY.public_key(), b"a secret of the tests")
    try:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test", timeout=60) as http:
            yield Authority(node, http, clock)
    finally:
        await node.stop()
        await log.close()


# -- facts


def fact(kind: str, source: str | None = "No. 1", **said: Any) -> Json:
    about = {"fact": kind, "date": "2023-02-01"}
    where = {"source": {"kind": "document", "reference": source}} if source else {}
    return {**about, **where, **said}


def net(year: int, amount: str | None, **other: Any) -> Json:
    return fact("net-result", year=year, amount=amount, **other)


def audited(norm: str, *violations: int, **other: Any) -> Json:
    """One audit of the norm for each number of violations; none: it wasn't audited."""
    return fact("audits", norm=norm, audits=[{"on": "2022-09-15", "violations": v} for v in violations], **other)


def objects(passporting: int = 0) -> Json:
    return fact("objects", inventory=0, passporting=passporting, revaluation=0)


def whole(now: str = "100.00", before: str = "50.00") -> list[Json]:
    """All that the part of state institutions asks of one, at its best."""
    norms = [audited(norm, 0) for norm in ("areas", "cars", "telephones-furniture")]
    return [net(2022, now), net(2021, before), *norms, objects()]
