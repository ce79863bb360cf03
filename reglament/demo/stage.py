"""The stage of a demonstration: officials with accounts, a body with its members, an applicant, and the legal clock.

Everything goes through the public REST interface, as portals and officials' programs do it.
"""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from reglament.asking.client import Client
from reglament.demo.people import MEMBERS, OFFICIALS, PASSWORD, numbered
from shared.procedure.editions import Published

SEATS = {"chair": "chair", "deputy": "deputy", "secretary": "secretary"}


@dataclass
class Stage:
    """Who acts for one procedure. `as_` gives a caller by handle, logged in when first asked for."""

    http: httpx.AsyncClient
    operator: Client
    published: Published
    accounts: dict[str, str] = field(default_factory=dict)
    body: str = ""
    _numbers: dict[str, str] = field(default_factory=dict)
    _callers: dict[str, Client] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        return self.published.edition.procedure.provider.code

    @property
    def zone(self) -> str:
        return self.published.edition.act.zone

    async def set(self, day: datetime) -> "Stage":
        """Officials of the provider and the body that decides; what is there already is used."""
        await self.move_clock(day)
        for person in OFFICIALS:
            grants = [{"role": role, "provider": self.provider} for role in person.roles]
            account = {"number": person.number, "name": person.name, "password": PASSWORD, "grants": grants}
            done = await self.operator.command("/api/intake/v1/accounts", account)
            self.accounts[person.handle], self._numbers[person.handle] = done["id"], person.number
        self.body = await self._body(day)
        return self

    async def as_(self, handle: str) -> Client:
        if handle not in self._callers:
            self._callers[handle] = await self.operator.log_in(self._numbers[handle], PASSWORD)
        return self._callers[handle]

    async def know(self, handle: str, number: str, account: str) -> None:
        """Somebody who came by themselves: the applicant, once the cabinet is open."""
        self._numbers[handle], self.accounts[handle] = number, account

    async def move_clock(self, to: datetime) -> None:
        await self.operator.put("/api/demonstration/v1/clock", {"now": to.isoformat()})

    async def _body(self, day: datetime) -> str:
        """Where exactly our people sit on that day; somebody may have formed others for the same procedures."""
        kind, seats = self.published.edition.procedure.body.kind, _seats(self.accounts)
        bodies = await self.operator.get("/api/commission/v1/bodies")
        alike = [b for b in bodies if (b["kind"], b["provider"]) == (kind, self.provider)]
        if known := next((b["id"] for b in alike if _held(b, day.date().isoformat()) == seats.items()), None):
            return str(known)
        done = await self.operator.command("/api/commission/v1/bodies", {"kind": kind, "provider": self.provider})
        since = (day - timedelta(days=365)).date().isoformat()
        names = {self.accounts[person.handle]: person.name for person in OFFICIALS}
        for account, seat in seats.items():
            path = f"/api/commission/v1/bodies/{done['id']}/appointments"
            given = {"account": account, "seat": seat, "since": since, "name": names[account]}
            await self.operator.command(path, given)
        return str(done["id"])


def _seats(accounts: dict[str, str]) -> dict[str, str]:
    """What each of our people in the body is there, by account."""
    return {accounts[handle]: SEATS.get(handle, "member") for handle in (*MEMBERS, "secretary")}


def _held(body: dict[str, Any], day: str) -> set[tuple[str, str]]:
    """Accounts and their seats in a body on that day."""
    return {
        (held["account"], held["seat"])
        for held in body["seats"]
        if held["since"] <= day and (held["until"] is None or day < held["until"])
    }


@dataclass(frozen=True)
class Applicant:
    """An invented applicant with a package of their own."""

    number: str
    name: str
    documents: tuple[tuple[str, bytes], ...]
    project: dict[str, str]

    @classmethod
    def invent(cls, seed: str, published: Published) -> "Applicant":
        chance = random.Random(seed)  # noqa: S311 - invents people, keeps no secrets
        born = f"{chance.randint(60, 99):02d}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        number = numbered(f"{born}{chance.choice((3, 4))}{chance.randint(0, 9999):04d}")
        codes = [d.code for d in published.edition.procedure.documents if d.required]
        documents = tuple((code, scan(f"{seed} {code}")) for code in codes)
        return cls(number, "Алия Серікқызы", documents, project_for(published.edition.procedure.form.project))

    def given(self) -> dict[str, Any]:
        contact = {"phone": "+77015550123", "email": "aliya@example.kz", "language": "kk"}
        return {"kind": "entrepreneur", "number": self.number, "name": self.name, **contact}


PROJECT = {"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000.00"}


def project_for(form: dict[str, Any]) -> dict[str, str]:
    """What the form asks, filled in: known answers, the first of a choice, else some words."""
    asked = form.get("properties", {})
    return {name: _answer(name, asked[name]) for name in form.get("required", asked) if name in asked}


def _answer(name: str, asked: dict[str, Any]) -> str:
    choices = asked.get("enum") or [asked.get("const", PROJECT.get(name, "Көрсетілген"))]
    return str(choices[0])


def scan(text: str) -> bytes:
    """A small PDF whose bytes are its own."""
    mark = hashlib.sha256(text.encode()).hexdigest()
    return f"%PDF-1.4\n% {mark}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()
