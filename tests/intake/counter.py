"""Driving intake over REST as its officials and applicants would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from services.intake.account.handlers import OpenAccount, open_account
from shared.contracts.commission import ApplicationScheduled, SittingScheduled
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel.log import NewRow, copy
from shared.kernel.node import Node
from shared.kernel.work import SYSTEM

SECRET = b"a secret of the tests"
PREFIX = "/api/intake/v1"
PROVIDER = "karaganda-region"
IDEAS = "karaganda-2019/new-business-ideas"
# Monday 25 November 2019, 10:10 in Almaty (+06:00 then).
MONDAY = datetime(2019, 11, 25, 4, 10, tzinfo=UTC)
RECEIPT = "2019-11-25T10:05:00+06:00"
IIN, OTHER_IIN, BIN = "900101300017", "900101800019", "100140000003"
PDF = b"%PDF-1.7 a business plan"


def package(**changed: Any) -> dict[str, Any]:
    """A package for new business ideas as the counter takes it, on paper alone."""
    sheets = {"application-form": 2, "identity": 1, "business-plan": 20, "no-tax-arrears": 1}
    return {
        "procedure": IDEAS,
        "receipt": RECEIPT,
        "applicant": {
            "kind": "entrepreneur",
            "number": IIN,
            "name": "Асқар Бейсенов",
            "phone": "+77015550123",
            "email": "askar@example.kz",
            "language": "kk",
        },
        "project": {"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000"},
        "consent": True,
        "documents": [{"code": code, "sheets": count} for code, count in sheets.items()],
        **changed,
    }


def applicant(**changed: Any) -> dict[str, Any]:
    return {**package()["applicant"], **changed}


@dataclass
class Counter:
    """One API client; who speaks is said by each call."""

    client: AsyncClient
    node: Node
    key: Ed25519PrivateKey
    accounts: dict[Role, UUID] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def of(cls, app: FastAPI, node: Node) -> AsyncIterator["Counter"]:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://intake") as client:
            yield cls(client, node, app.state.desk.key)

    async def official(self, number: str, *grants: Grant) -> UUID:
        """Open an official's account."""
        command = OpenAccount(number=number, name="Official", grants=grants)
        performed = await self.node.perform(lambda work: open_account(work, SECRET, command), SYSTEM)
        return UUID(performed.result)

    def bearer(self, role: Role, provider: str | None = PROVIDER, account: UUID | None = None) -> dict[str, str]:
        who = account or self.accounts.setdefault(role, uuid4())
        grants = (Grant(role=role, provider=provider),)
        token = issue(self.key, account=who, grants=grants, language="kk", lifetime=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    async def post(
        self,
        path: str,
        body: Any = None,
        role: Role = Role.CHANCELLERY,
        *,
        provider: str | None = PROVIDER,
        account: UUID | None = None,
        language: str = "en",
        **headers: str,
    ) -> Response:
        given = {"Idempotency-Key": str(uuid4()), "Accept-Language": language}
        given |= self.bearer(role, provider, account) | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.client.post(PREFIX + path, json=body or {}, headers=given)

    async def get(
        self,
        path: str,
        role: Role = Role.CHANCELLERY,
        *,
        provider: str | None = PROVIDER,
        account: UUID | None = None,
        language: str = "en",
        **params: str,
    ) -> Response:
        headers = self.bearer(role, provider, account) | {"Accept-Language": language}
        return await self.client.get(PREFIX + path, headers=headers, params=params)

    async def upload(self, content: bytes, number: str = IIN) -> Response:
        headers = self.bearer(Role.CHANCELLERY) | {"Idempotency-Key": str(uuid4()), "Accept-Language": "en"}
        files = {"file": ("plan.pdf", content, "application/pdf")}
        return await self.client.post(f"{PREFIX}/documents", data={"number": number}, files=files, headers=headers)

    async def registered(self, **changed: Any) -> str:
        """Register a package; the application's id."""
        answer = await self.post("/applications", package(**changed))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def scheduled(self, application: UUID, *members: UUID) -> None:
        """What comes from the commission when the application is put on an agenda."""
        sitting, body = uuid4(), uuid4()
        fixed = {"body": body, "starts_at": MONDAY, "place": "3", "happened_at": MONDAY}
        facts = {
            sitting: SittingScheduled(agenda=(application,), members=members, **fixed),
            application: ApplicationScheduled(sitting=sitting, **fixed),
        }
        rows = [
            NewRow(uuid4(), f"commission:{s}", 1, str(s), f.name(), f.model_dump_json(), "{}", MONDAY, "commission")
            for s, f in facts.items()
        ]
        async with self.node.log.pool.acquire() as connection, connection.transaction():
            await copy(connection, rows)

    async def shown(self, application: str) -> dict[str, Any]:
        answer = await self.get(f"/applications/{application}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def facts(self, application: str) -> list[dict[str, Any]]:
        answer = await self.get(f"/applications/{application}/facts", Role.AUDITOR, provider=None)
        found: list[dict[str, Any]] = answer.json()
        return found
