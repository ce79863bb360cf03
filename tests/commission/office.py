"""The commission over HTTP and real PostgreSQL; what other services say is told into its log."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts import intake
from shared.contracts.common import CaseFact, PublicFact, StepDone
from shared.contracts.notification import ApplicantNotified
from shared.contracts.personal import Personal
from shared.identity.roles import Grant, Role
from shared.identity.tokens import issue
from shared.kernel.follow import cursor
from shared.kernel.log import Log, NewRow, copy
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.procedure.case import Case
from shared.procedure.cases import build, editions_in
from shared.procedure.editions import Published, load_all
from tests.support.stores import FixedClock
from tests.support.waiting import eventually

KEY = Ed25519PrivateKey.generate()
SECRET = b"secret of the tests"
PROCEDURE, PROVIDER = "karaganda-2019/new-business-ideas", "karaganda-region"
PREFIX = "/api/commission/v1"
END = "select tx, position from events where subject is not null order by tx desc, position desc limit 1"

RECEIVED = datetime(2019, 11, 25, 4, tzinfo=UTC)
STARTS_AT = datetime(2019, 12, 4, 4, tzinfo=UTC)

ASEL, BOLAT, CHINGIZ, DANA, ERLAN = MEMBERS = tuple(UUID(int=n) for n in range(1, 6))
FARIDA, EXECUTOR, HEAD, AGENCY, CLERK, OPERATOR = (UUID(int=n) for n in range(11, 17))
ROLES = {
    **dict.fromkeys(MEMBERS, Role.MEMBER),
    ASEL: Role.CHAIR,
    FARIDA: Role.SECRETARY,
    EXECUTOR: Role.EXECUTOR,
    HEAD: Role.HEAD,
    AGENCY: Role.FINANCIAL_AGENCY,
    CLERK: Role.CHANCELLERY,
    OPERATOR: Role.OPERATOR,
}


@dataclass
class Office:
    """The service at work, and those who use it; applicants act in the account of their application."""

    log: Log
    vault: Vault
    node: Node
    client: httpx.AsyncClient
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    body: str = ""
    grants: dict[UUID, tuple[Grant, ...]] = field(default_factory=dict)

    @property
    def clock(self) -> FixedClock:
        return cast("FixedClock", self.node.clock)

    # -- HTTP

    async def post(self, who: UUID, path: str, *, key: str = "", **body: Any) -> httpx.Response:
        headers = self._headers(who) | {"Idempotency-Key": key or str(uuid4())}
        return await self.client.post(PREFIX + path, json=_plain(body), headers=headers)

    async def do(self, who: UUID, path: str, **body: Any) -> str:
        """A command that is accepted; the id of its result."""
        answer = await self.post(who, path, **body)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    async def refused(self, who: UUID, path: str, **body: Any) -> str:
        """A command that isn't; the code of the problem."""
        answer = await self.post(who, path, **body)
        assert answer.is_client_error, answer.text
        return str(answer.json()["code"])

    async def get(self, who: UUID, path: str) -> Any:
        return (await self.read(who, path)).json()

    async def read(self, who: UUID, path: str) -> httpx.Response:
        answer = await self.client.get(PREFIX + path, headers=self._headers(who))
        assert answer.is_success, answer.text
        return answer

    async def unseen(self, who: UUID, path: str) -> str:
        """A reading that is refused; the code of the problem."""
        answer = await self.client.get(PREFIX + path, headers=self._headers(who))
        assert answer.is_client_error, answer.text
        return str(answer.json()["code"])

    async def upload(self, who: UUID, path: str, content: bytes, **form: str) -> httpx.Response:
        headers = self._headers(who) | {"Idempotency-Key": str(uuid4())}
        files = {"scan": ("scan", content)}
        return await self.client.post(PREFIX + path, data=form, files=files, headers=headers)

    def _headers(self, who: UUID) -> dict[str, str]:
        role = ROLES.get(who, Role.APPLICANT)
        grant = Grant(role=role, provider=None if role in (Role.APPLICANT, Role.OPERATOR) else PROVIDER)
        grants, lifetime = self.grants.get(who, (grant,)), timedelta(minutes=10)
        return {"Authorization": f"Bearer {issue(KEY, account=who, grants=grants, language='en', lifetime=lifetime)}"}

    # -- what others say

    async def prepare(self) -> None:
        """The edition is known, and the members have keys."""
        published = edition_in_use()
        edition = intake.EditionPublished(happened_at=RECEIVED, procedure=PROCEDURE, edition=published.text)
        await self._tell("intake", published.digest, edition)
        for account in (*MEMBERS, FARIDA):
            await self.vault.create(account)

    async def form_body(self) -> None:
        """A body with Asel as chair, Bolat as deputy and Farida as secretary."""
        self.body = await self.do(OPERATOR, "/bodies", kind="competition-commission", provider=PROVIDER)
        for account, seat in zip((*MEMBERS, FARIDA), ("chair", "deputy", *["member"] * 3, "secretary"), strict=True):
            await self.appoint(account, seat)

    async def appoint(self, account: UUID, seat: str, since: str = "2019-11-01") -> None:
        await self.do(
            OPERATOR, f"/bodies/{self.body}/appointments", account=account, seat=seat, since=since, name="A. B."
        )

    async def registered(self, channel: str = "paper") -> UUID:
        """An application that intake has registered; its applicant's account is its id."""
        application = uuid4()
        await self.vault.create(application)
        await self._tell("intake", str(application), _registration(application, channel))
        return application

    async def admitted(self, channel: str = "paper") -> UUID:
        application = await self.registered(channel)
        await self.admit(application)
        return application

    async def admit(self, application: UUID) -> None:
        await self.say("intake", application, _admission)

    async def say(self, source: str, application: UUID, make: Callable[[Case], CaseFact]) -> None:
        await self._tell(source, str(application), make(await self.case(application, source)))

    async def told_of(self, application: UUID, outcome: str) -> None:
        """The chancellery tells the applicant of the decision."""

        def notified(case: Case) -> ApplicantNotified:
            at = self.clock.at
            step = case.completes("notify", outcome=outcome, at=at)
            return ApplicantNotified(happened_at=at, step=step, notice=uuid4(), template=outcome, channel="cabinet")

        await self.say("notification", application, notified)

    async def ask_to_withdraw(self, application: UUID) -> None:
        asked = intake.WithdrawalRequested(happened_at=self.clock.at, asked_through="cabinet")
        await self.say("intake", application, lambda _: asked)

    async def case(self, application: UUID, service: str = "commission") -> Case:
        rows = await self.log.subjects([str(application)])
        keys = await self.vault.keys([application])
        return build(service, str(application), rows, keys, await editions_in(self.log, rows))

    async def facts(self, application: UUID) -> list[str]:
        """The commission's own facts about the application, in order."""
        return [row.type for row in await self.log.stream(f"commission:{application}")]

    async def meta(self, application: UUID) -> dict[str, Any]:
        """What is written beside the commission's newest fact about the application."""
        said: dict[str, Any] = json.loads((await self.log.stream(f"commission:{application}"))[-1].meta)
        return said

    async def settled(self) -> None:
        """Every reader of the log has come to its end, rows that an older transaction still hides included."""
        readers = [*(v.name for v in self.node.views), self.node.reactor.name]

        async def all_read() -> bool:
            end = await self.log.pool.fetchrow(END)
            return end is None or all([await cursor(self.log, name) >= end.place for name in readers])

        await eventually(all_read)

    async def _tell(self, source: str, subject: str, fact: PublicFact) -> None:
        keys = await self.vault.keys([UUID(subject)]) if len(subject) == 36 else None
        version = self.versions[source, subject] = self.versions.get((source, subject), 0) + 1
        data, stream = fact.model_dump_json(context=keys), f"{source}:{subject}"
        row = NewRow(uuid4(), stream, version, subject, fact.name(), data, "{}", datetime.now(UTC), source)
        async with self.log.pool.acquire() as connection, connection.transaction():
            await copy(connection, [row])
        self.log.ring()

    # -- the way of a case

    async def convened(self, *applications: UUID) -> str:
        return await self.do(
            EXECUTOR, "/sittings", body=self.body, starts_at=STARTS_AT, place="room 3", agenda=applications
        )

    async def begun(self, sitting: str, present: tuple[UUID, ...] = MEMBERS) -> None:
        self.clock.at = STARTS_AT + timedelta(minutes=5)
        await self.do(FARIDA, f"/sittings/{sitting}/roll-call", present=present)

    async def discussed(self, sitting: str, application: UUID) -> None:
        await self.do(FARIDA, f"/sittings/{sitting}/items/{application}/note", note="heard")

    async def decided(self, sitting: str, application: UUID, *choices: str) -> None:
        await self.discussed(sitting, application)
        for member, choice in zip(MEMBERS, choices or ["for"] * 5, strict=True):
            await self.do(member, f"/sittings/{sitting}/items/{application}/votes", choice=choice)
        await self.do(FARIDA, f"/sittings/{sitting}/items/{application}/decision", reasons="feasible plan")

    async def drawn(self, sitting: str) -> str:
        """The digest of the protocol just drawn."""
        await self.do(FARIDA, f"/sittings/{sitting}/protocol")
        return str((await self.get(FARIDA, f"/sittings/{sitting}/protocol"))["digest"])

    async def signed(self, sitting: str) -> str:
        digest = await self.drawn(sitting)
        for member in MEMBERS[1:]:
            await self.do(member, f"/sittings/{sitting}/protocol/signatures", digest=digest)
        return digest

    async def approved(self, sitting: str) -> None:
        digest = await self.signed(sitting)
        await self.do(ASEL, f"/sittings/{sitting}/protocol/approval", digest=digest)

    async def granted(self, channel: str = "portal") -> UUID:
        """An application whose grant was decided, approved and told: its contract can be signed."""
        application = await self.admitted(channel)
        sitting = await self.convened(application)
        await self.begun(sitting)
        await self.decided(sitting, application)
        await self.approved(sitting)
        await self.told_of(application, "granted")
        return application

    async def contract_digest(self, application: UUID) -> str:
        return str((await self.get(HEAD, f"/contracts/{application}"))["digest"])


@cache
def edition_in_use() -> Published:
    return load_all()[PROCEDURE]


def _plain(body: dict[str, Any]) -> Any:
    return json.loads(
        json.dumps(body, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))
    )


def _registration(application: UUID, channel: str) -> intake.ApplicationRegistered:
    at = RECEIVED + timedelta(minutes=10)
    step = StepDone(
        step="register",
        action="register",
        paragraph="§5.1",
        outcome="done",
        role="chancellery",
        happened_at=at,
        since=RECEIVED,
        due=RECEIVED + timedelta(minutes=20),
    )
    applicant = {name: Personal(person=application, text=name) for name in ("number", "name", "phone", "email")}
    return intake.ApplicationRegistered.model_validate(
        {
            "happened_at": at,
            "step": step,
            "moments": {"receipt": RECEIVED},
            "number": "KRG/2019/000001",
            "edition": edition_in_use().digest,
            "procedure": PROCEDURE,
            "provider": PROVIDER,
            "channel": channel,
            "applicant": {"kind": "entrepreneur", "account": application, "person": application, "language": "ru"}
            | applicant,
            "project": {"title": "Bakery", "kind_of_activity": "Baking", "amount": "3000000.00"},
            "documents": [],
        }
    )


def _admission(case: Case) -> intake.ApplicationAdmitted:
    at = RECEIVED + timedelta(days=1)
    return intake.ApplicationAdmitted(happened_at=at, step=case.completes("check", outcome="admitted", at=at))
