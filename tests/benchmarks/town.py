"""An installation's services within this process, on stores of their own, with officials, a body, and a clock that is set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.asking.client import Client
from reglament.demo.case import Worked
from reglament.demo.driver import Driver
from reglament.demo.people import MEMBERS, OFFICIALS
from reglament.demo.stage import SEATS, Stage
from reglament.demo.worked import load
from reglament.door.front import Front
from reglament.keeping import stores
from reglament.keeping.home import Home
from reglament.wiring import BUILD, apps
from services.intake.main import publish_editions
from shared.contracts.topics import READERS, SERVICES
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller, issue
from shared.kernel.log import Log
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.procedure.editions import load_all
from shared.transport.copying import copying, watermarks
from shared.transport.parked import Seal

PROCEDURE, PROVIDER = "karaganda-2019/new-business-ideas", "karaganda-region"


@dataclass
class Hands:
    """Legal time that stands until it is set; as cheap to read as the machine's."""

    at: datetime

    async def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Keys:
    private_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    secret: bytes = b"a secret of the benchmarks"

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self.private_key.public_key()

    def keep(self, home: Home) -> None:
        """Where other processes of the installation read them."""
        pem = self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (home.path / "signing-key.pem").write_bytes(pem)
        (home.path / "secret").write_text(self.secret.hex())


@dataclass
class SetStage(Stage):
    """Its clock is set past HTTP."""

    hands: Hands = field(default_factory=lambda: Hands(datetime.now().astimezone()))

    async def move_clock(self, to: datetime) -> None:
        self.hands.at = to


@dataclass
class Town:
    """The services with their loops running, and whoever acts."""

    postgres: EmbeddedPostgres
    hands: Hands
    keys: Keys
    nodes: dict[str, Node]
    vaults: dict[str, Vault]
    http: httpx.AsyncClient
    stage: SetStage
    worked: Worked

    def log(self, service: str) -> Log:
        return self.nodes[service].log

    async def case(self) -> UUID:
        """One worked case from its registration to the signed contract, over the interfaces."""
        driver = Driver(self.stage, self.worked)
        await driver.play()
        return UUID(driver.application)

    async def bodies(self, count: int) -> list[UUID]:
        """More bodies of the same people, so that not all sittings stand in one calendar."""
        return [await self._body() for _ in range(count)]

    async def _body(self) -> UUID:
        path, day = "/api/commission/v1/bodies", self.hands.at - timedelta(days=365)
        kind = self.stage.published.edition.procedure.body.kind
        body = (await self.stage.operator.command(path, {"kind": kind, "provider": PROVIDER}))["id"]
        for handle in (*MEMBERS, "secretary"):
            seat = {"account": self.stage.accounts[handle], "seat": SEATS.get(handle, "member"), "name": handle}
            await self.stage.operator.command(f"{path}/{body}/appointments", {**seat, "since": str(day.date())})
        return UUID(body)

    async def quiet(self) -> None:
        """Stop every loop: from now on only commands do anything."""
        for node in self.nodes.values():
            await node.stop()

    def caller(self, handle: str) -> Caller:
        """An official as their token says it."""
        roles = next(p.roles for p in OFFICIALS if p.handle == handle)
        grants = tuple(Grant(role=role, provider=PROVIDER) for role in roles)
        return Caller(account=UUID(self.stage.accounts[handle]), grants=grants, language="kk", expires_at=self.hands.at)


@asynccontextmanager
async def town(postgres: EmbeddedPostgres) -> AsyncIterator[Town]:
    """Facts are copied log to log; it is 25 November 2019, 9:00 in Karaganda."""
    published, worked = load(PROCEDURE, "granted")
    keys, hands = Keys(), Hands(datetime.fromisoformat("2019-11-25T09:00:00+06:00"))
    await stores.prepare(postgres, demonstration=False)
    vaults = {service: await stores.open_vault(postgres, service) for service in SERVICES}
    logs = {service: await stores.open_log(postgres, service) for service in SERVICES}
    nodes = {service: BUILD[service](logs[service], vaults[service], hands) for service in SERVICES}
    _copy_facts(nodes, Seal(keys.secret))
    for node in nodes.values():
        await node.start()
    await publish_editions(nodes["intake"], load_all().values())
    front = Front({path: app for node in nodes.values() for path, app in apps(node, keys).items()}, _nowhere)
    async with httpx.AsyncClient(base_url="http://town", transport=httpx.ASGITransport(front), timeout=60) as http:
        operator = Client(http, token(keys.private_key, UUID(int=1), Role.OPERATOR, Role.AUDITOR, provider=None))
        stage = SetStage(http, operator, published, hands=hands)
        await stage.set(hands.at)
        yield Town(postgres, hands, keys, nodes, vaults, http, stage, worked)
    for node in nodes.values():
        await node.stop()
        await node.log.close()
    for vault in vaults.values():
        await vault.close()


def _copy_facts(nodes: dict[str, Node], seal: Seal) -> None:
    for source, reader in [(s, r) for s in SERVICES for r in READERS[s]]:
        logs = nodes[source].log, nodes[reader].log
        nodes[reader].loops[f"copy:{source}"] = partial(copying, *logs, seal)
        nodes[reader].loops[f"watermark:{source}"] = partial(watermarks, *logs)


async def _nowhere(*_: object) -> None:
    raise RuntimeError("no such address")


def token(key: Ed25519PrivateKey, account: UUID, *roles: Role, provider: str | None = PROVIDER) -> str:
    grants = tuple(Grant(role=role, provider=provider) for role in roles)
    return issue(key, account=account, grants=grants, language="kk", lifetime=timedelta(hours=6))
