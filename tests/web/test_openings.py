"""Who opened whose data is read through the operations of every service that records it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from deploy.postgres.embedded import EmbeddedPostgres
from services.commission import main as commission
from services.expertise import main as expertise
from services.notification import main as notification
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel import openings
from shared.kernel.node import Node
from tests.support.stores import FixedClock, fresh_log, fresh_vault

KEY = Ed25519PrivateKey.generate()
SECRET = b"a secret of the tests"
APPS: dict[str, tuple[Callable[..., Node], Callable[..., FastAPI]]] = {
    "expertise": (expertise.build, expertise.app),
    "commission": (commission.build, commission.app),
    "notification": (notification.build, notification.notification_app),
}


class TestWhenAnOfficialHasOpenedTwoApplications:
    @pytest.mark.parametrize("service", APPS)
    async def test_the_auditor_reads_it_and_the_operator_does_not(
        self, postgres: EmbeddedPostgres, service: str
    ) -> None:
        log, vault = await fresh_log(postgres, service), await fresh_vault(postgres)
        official, applications = uuid4(), [uuid4(), uuid4()]
        await openings.record(log.pool, official, applications, "/somewhere/{application}")
        build, app = APPS[service]
        made = app(build(log, vault, FixedClock()), KEY.public_key(), SECRET)
        async with AsyncClient(transport=ASGITransport(made), base_url="http://test") as client:
            path = f"/api/{service}/v1/openings"
            first = (await client.get(path, headers=bearer(Role.AUDITOR), params={"limit": 1})).json()
            rest = (await client.get(path, headers=bearer(Role.AUDITOR), params={"cursor": first["next"]})).json()
            refused = await client.get(path, headers=bearer(Role.OPERATOR))
        opened = [(o["account"], o["subject"], o["route"]) for o in first["items"] + rest["items"]]
        assert opened == [(str(official), str(a), "/somewhere/{application}") for a in applications]
        assert (rest["next"], refused.status_code) == (None, 403)
        await log.close()
        await vault.pool.close()


def bearer(role: Role) -> dict[str, str]:
    token = issue(KEY, account=uuid4(), grants=(Grant(role=role),), language="kk", lifetime=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}
