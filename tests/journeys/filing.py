"""An application on its way, and a sitting that decides it: each verb moves the legal clock and does one thing over HTTP.

The days are those of the worked case `granted`: Monday 25 November 2019 to December, a Thursday for the protocol.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from reglament.asking.client import Client
from reglament.demo.stage import scan
from tests.journeys.conftest import PROCEDURE
from tests.journeys.town import Json, Town, stated

RECEIVED, REGISTERED, CHECKED = "2019-11-25 10:00", "2019-11-25 10:10", "2019-11-26 15:00"
CONVENED, SITS, HELD, DECIDED = "2019-11-27 11:00", "2019-12-03 10:00", "2019-12-03 10:30", "2019-12-03 11:00"
DRAWN, SIGNED, APPROVED, TOLD = "2019-12-05 10:00", "2019-12-05 14:30", "2019-12-06 10:00", "2019-12-06 16:00"
PARTIES = {"provider": "head", "financial-agency": "agency"}
PRESENT = ("chair", "member-1", "member-2")
"""Three of five: more than half."""
SHEETS = (
    {"code": "application-form", "sheets": 2},
    {"code": "identity", "sheets": 1},
    {"code": "business-plan", "sheets": 12},
    {"code": "no-tax-arrears", "sheets": 1},
)


def package(number: str, **other: Any) -> Json:
    """What a clerk types in: an entrepreneur with this number and a complete package on paper."""
    return {
        "procedure": PROCEDURE,
        "receipt": stated(RECEIVED),
        "applicant": {
            "kind": "entrepreneur",
            "number": number,
            "name": "Алия Серікқызы",
            "phone": "+77015550123",
            "email": "aliya@example.kz",
            "language": "kk",
        },
        "project": {"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000.00"},
        "consent": True,
        "documents": list(SHEETS),
        **other,
    }


@dataclass
class Filing:
    """One application; `account` is its applicant's."""

    town: Town
    number: str
    id: str = ""
    account: str = ""
    sitting: "Sitting | None" = None

    # -- intake

    async def register(self, at: str = REGISTERED, **other: Any) -> "Filing":
        await self.town.at(at)
        self.id = (await self.town.do("clerk", f"{INTAKE}/applications", package(self.number, **other)))["id"]
        self.account = str((await self.town.case("intake", self.id)).registered.applicant.account)
        return self

    async def shown(self) -> Json:
        """As intake shows it to an official."""
        found: Json = await self.town.get("executor", self.path)
        return found

    async def admit(self, at: str = CHECKED) -> "Filing":
        await self.town.at(at)
        await self.town.do("executor", f"{self.path}/admission", {})
        return self

    async def refuse(self, at: str = CHECKED) -> Json:
        await self.town.at(at)
        refusal = {"ground": "incomplete-package", "reasons": "Топтамада бизнес-жоспардың сметасы жоқ."}
        return await self.town.do("executor", f"{self.path}/refusal", refusal)

    async def withdraw(self) -> Json:
        return await self.town.do(self.applicant, f"{self.path}/withdrawal", {})

    # -- notification

    async def tell(self, at: str = TOLD) -> "Filing":
        await self.town.at(at)
        await self.town.do("clerk", self.notices, {"channel": "paper"})
        return self

    # -- contract

    async def contract(self) -> Json:
        found: Json = await self.town.get("head", self.contract_path)
        return found

    async def sign(self, party: str) -> Json:
        given = {"party": party, "digest": (await self.contract())["digest"]}
        return await self.town.do(PARTIES.get(party) or self.applicant, f"{self.contract_path}/signatures", given)

    # -- reading

    @property
    def applicant(self) -> Client:
        return self.town.applicant(self.account)

    async def state(self, after: str = "") -> Json:
        """The applicant's cabinet, once every service knows the same."""
        await self.town.settled(self.id)
        known = {"after": after} if after else {}
        found: Json = await self.town.get(self.applicant, f"{CABINET}/applications/{self.id}", **known)
        return found

    async def open(self) -> list[str]:
        return [step["step"] for step in (await self.state())["open"]]

    async def standing(self, event: str) -> list[str]:
        """What facts of this event are worth now, in the order of legal time."""
        return [e["standing"] for e in (await self.state())["timeline"] if e["event"] == event]

    # -- addresses

    @property
    def path(self) -> str:
        return f"{INTAKE}/applications/{self.id}"

    @property
    def notices(self) -> str:
        return f"{NOTIFICATION}/applications/{self.id}/notices"

    @property
    def contract_path(self) -> str:
        return f"{COMMISSION}/contracts/{self.id}"

    @property
    def item(self) -> str:
        assert self.sitting
        return f"{self.sitting.path}/items/{self.id}"


@dataclass
class Sitting:
    """A sitting over some applications; `by` keeps it (its body's secretary)."""

    town: Town
    id: str
    over: list[Filing]
    present: tuple[str, ...] = PRESENT
    digest: str = ""

    async def call_roll(self, present: Iterable[str] = PRESENT, at: str = HELD) -> "Sitting":
        await self.town.at(at)
        self.present = tuple(present)
        there = {"present": [self.town.account(m) for m in self.present]}
        await self.town.do("secretary", f"{self.path}/roll-call", there)
        return self

    async def discuss(self, filing: Filing | None = None) -> "Sitting":
        for each in [filing] if filing else self.over:
            await self.town.do("secretary", f"{each.item}/note", {"note": "Жоба таныстырылды."})
        return self

    async def vote(self, votes: Mapping[str, str], filing: Filing | None = None) -> "Sitting":
        for each in [filing] if filing else self.over:
            for member, choice in votes.items():
                await self.town.do(member, f"{each.item}/votes", {"choice": choice})
        return self

    async def decide(self, filing: Filing | None = None, at: str | None = None, silent: Iterable[str] = ()) -> None:
        """Close the vote on one item."""
        if at:
            await self.town.at(at)
        named = [self.town.account(m) for m in silent]
        given = {"reasons": "Шарттарға сәйкестігі талқыланды.", "silent": named}
        await self.town.do("secretary", f"{(filing or self.over[0]).item}/decision", given)

    async def count(self) -> Json:
        """How the vote on the first item was counted."""
        found: Json = (await self.shown())["items"][0]["count"]
        return found

    async def draw(self, at: str = DRAWN) -> Json:
        """Of the members who weren't there the secretary records at once why they don't sign."""
        await self.town.at(at)
        await self.town.do("secretary", f"{self.path}/protocol", {})
        there = {self.town.account(m) for m in self.present}
        for absent in {s["member"] for s in (await self.protocol())["signers"]} - there:
            said = {"member": absent, "reason": "Отырысқа қатысқан жоқ."}
            await self.town.do("secretary", f"{self.path}/protocol/refusals", said)
        protocol = await self.protocol()
        self.digest = protocol["digest"]
        return protocol

    async def sign(self, *members: str, **more: Any) -> None:
        given = {"digest": self.digest, **more}
        for member in members:
            await self.town.do(member, f"{self.path}/protocol/signatures", given)

    async def approve(self, at: str | None = APPROVED, by: str = "chair") -> None:
        if at:
            await self.town.at(at)
        given = {"digest": self.digest}
        await self.town.do(by, f"{self.path}/protocol/approval", given)

    async def shown(self) -> Json:
        found: Json = await self.town.get("secretary", self.path)
        return found

    async def protocol(self) -> Json:
        found: Json = await self.town.get("secretary", f"{self.path}/protocol")
        return found

    @property
    def path(self) -> str:
        return f"{COMMISSION}/sittings/{self.id}"


INTAKE, COMMISSION = "/api/intake/v1", "/api/commission/v1"
NOTIFICATION, CABINET = "/api/notification/v1", "/api/cabinet/v1"


# -- how far a case has come


async def registered(town: Town, **other: Any) -> Filing:
    return await Filing(town, town.newcomer()).register(**other)


async def admitted(town: Town) -> Filing:
    return await (await registered(town)).admit()


async def convene(town: Town, *filings: Filing, at: str = CONVENED, starts: str = SITS, body: str = "") -> Sitting:
    await town.at(at)
    agenda = {"body": body or town.stage.body, "starts_at": stated(starts), "place": "3-кабинет"}
    done = await town.do("executor", f"{COMMISSION}/sittings", {**agenda, "agenda": [f.id for f in filings]})
    sitting = Sitting(town, done["id"], list(filings))
    for filing in filings:
        filing.sitting = sitting
    return sitting


async def convened(town: Town, count: int = 1, body: str = "") -> Sitting:
    return await convene(town, *[await admitted(town) for _ in range(count)], body=body)


async def discussed(town: Town, present: Iterable[str] = PRESENT, body: str = "") -> Sitting:
    sitting = await (await convened(town, body=body)).call_roll(present)
    return await sitting.discuss()


async def decided(town: Town, choice: str = "for") -> Sitting:
    """The chair votes so, the others are silent."""
    sitting = await discussed(town)
    await sitting.vote({"chair": choice})
    await sitting.decide(at=DECIDED, silent=PRESENT[1:])
    return sitting


async def drawn(town: Town, choice: str = "for") -> Sitting:
    sitting = await decided(town, choice)
    await sitting.draw()
    await town.at(SIGNED)
    return sitting


async def approved(town: Town, choice: str = "for") -> Sitting:
    """The chair presided, so the two members there sign and the chair approves."""
    sitting = await drawn(town, choice)
    await sitting.sign("member-1", "member-2")
    await sitting.approve()
    return sitting


async def granted(town: Town) -> Filing:
    """Told of the grant: the contract is open. One of several that one sitting has granted, not yet taken by a test."""
    if not town.granted:
        town.granted += await _granted_together(town, 5)
    await town.at("2019-12-09 10:00")
    taken: Filing = town.granted.pop()
    return taken


async def _granted_together(town: Town, count: int) -> list[Filing]:
    sitting = await (await convened(town, count)).call_roll()
    await sitting.discuss()
    await sitting.vote({"chair": "for"})
    for filing in sitting.over:
        await sitting.decide(filing, silent=PRESENT[1:])
    await sitting.draw()
    await sitting.sign("member-1", "member-2")
    await sitting.approve()
    return [await filing.tell() for filing in sitting.over]


async def body_of_its_own(town: Town, members: Iterable[str], *, chair: str = "chair") -> str:
    """Another body of the same kind, for a test that changes its membership."""
    kind = town.stage.published.edition.procedure.body.kind
    body = (await town.do(town.operator, f"{COMMISSION}/bodies", {"kind": kind, "provider": town.stage.provider}))["id"]
    seats = {chair: "chair", "deputy": "deputy", "secretary": "secretary"}
    for handle in (*members, "secretary"):
        await appoint(town, body, handle, seats.get(handle, "member"))
    return str(body)


async def appoint(town: Town, body: str, handle: str, seat: str = "member", since: str = "2019-01-01") -> None:
    given = {"account": town.account(handle), "seat": seat, "since": since, "name": handle}
    await town.do(town.operator, f"{COMMISSION}/bodies/{body}/appointments", given)


def pdf(name: str = "file") -> Json:
    """A scan that nobody else has, as a part of a form."""
    return {name: ("scan.pdf", scan(uuid4().hex), "application/pdf")}
