"""One evaluation of a demonstration, from the import of a prepared table to the approval, through the public interface."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import yaml
from pydantic import BaseModel, ConfigDict

from reglament.asking.client import PATIENCE, Client
from reglament.asking.connect import NotServing
from reglament.demo.people import PASSWORD, numbered
from reglament.demo.worked import UnknownCase
from services.scoring.sheet.edition import Edition, editions
from shared.procedure.editions import code_of, folders

API = "/api/scoring/v1"
EXAMPLES = "examples"
NAME = {
    "kk": "Облыстың денсаулық сақтау басқармасы",
    "ru": "Управление здравоохранения области",
    "en": "Health department",
}
Seen = Callable[[str], None]


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpectedRow(Data):
    outcome: str
    points: int


class Expected(Data):
    """The sheet that follows from a prepared table, worked by hand."""

    period: int
    rows: dict[str, ExpectedRow]
    total: int
    max: int


@dataclass(frozen=True)
class Prepared:
    """A part of the sheet, a table of facts for it, and what has to come of that."""

    edition: Edition
    part: str
    table: Path
    expect: Expected

    @property
    def code(self) -> str:
        return f"{self.edition.evaluation.act.code}/{self.part}"


def prepared() -> dict[str, Prepared]:
    """What can be shown, by code. Raises InvalidRegulation."""
    known = {edition.evaluation.act.code: edition for edition in editions()}
    tables = {table: code for folder in folders() if (code := code_of(folder)) in known for table in _tables(folder)}
    found = [Prepared(known[code], table.stem, table, _expected(table)) for table, code in tables.items()]
    return {one.code: one for one in found}


def _tables(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / EXAMPLES).glob("*")) if path.suffix in (".csv", ".xlsx")]


def _expected(table: Path) -> Expected:
    return Expected.model_validate(yaml.safe_load(table.with_suffix(".yaml").read_text()))


def differences(result: dict[str, Any], one: Prepared) -> list[str]:
    """What came otherwise than worked out by hand."""
    came = {row["number"]: (row["outcome"], row["points"]) for row in result["sheet"]["rows"]}
    wanted = {number: (row.outcome, row.points) for number, row in one.expect.rows.items()}
    rows = sorted(n for n in came.keys() | wanted.keys() if came.get(n) != wanted.get(n))
    found = [f"row {n}: {came.get(n)}, expected {wanted.get(n)}" for n in rows]
    sums = [(name, result["sheet"][name], getattr(one.expect, name)) for name in ("total", "max")]
    return found + [f"{name} {is_}, expected {expected}" for name, is_, expected in sums if is_ != expected]


def known(code: str) -> Prepared | None:
    """The evaluation of this code; None when it names something else. Raises UnknownCase for an unknown part."""
    found = prepared()
    acts = {one.partition("/")[0] for one in found}
    if code in found:
        return found[code]
    if code.partition("/")[0] in acts:
        raise UnknownCase(f"there is nothing prepared for {code}; there are: {', '.join(sorted(found))}")
    return None


async def play(url: str, token: str, one: Prepared, seen: Seen) -> dict[str, Any]:
    """Run it at `url`; the operator's token sets the stage. Raises Answered."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        story = Story(Client(http, token), one, seen)
        told = await story.play()
    return {**told, "seconds": round(time.monotonic() - began, 2)}


@dataclass
class Story:
    """The evaluation of an invented body."""

    operator: Client
    one: Prepared
    seen: Seen

    async def play(self) -> dict[str, Any]:
        zone = ZoneInfo(self.one.edition.evaluation.act.zone)
        day = datetime(self.one.expect.period + 1, 4, 3, 11, tzinfo=zone)
        await self.operator.put("/api/demonstration/v1/clock", {"now": day.isoformat()})
        body = await self._body()
        authority, itself = await self._person("evaluator"), await self._person("evaluated-body", body=body["id"])
        asked = {"body": body["id"], "period": self.one.expect.period, "part": self.one.part}
        at = f"{API}/evaluations/{(await authority.command(f'{API}/evaluations', asked))['id']}"
        await self._import(authority, at)
        for who, what in (
            (authority, "closing"),
            (authority, "computation"),
            (authority, "sending"),
            (itself, "agreement"),
        ):
            await who.command(f"{at}/{what}")
            self.seen(what)
        digest = (await authority.get(at))["to_sign"]["digest"]
        await authority.command(f"{at}/approval", {"digest": digest})
        self.seen("approval")
        return await self._told(authority, at, body)

    async def _body(self) -> dict[str, Any]:
        """Another one each time, so that what was approved before stays."""
        number = numbered(f"9{int(uuid4()) % 10**10:010d}")
        given = {"bin": number, "name": NAME, "kind": "local-executive-body"}
        return {"id": (await self.operator.command(f"{API}/bodies", given))["id"], "bin": number, "name": NAME}

    async def _person(self, role: str, **scope: str) -> Client:
        number = numbered(f"8{int(uuid4()) % 10**10:010d}")
        grants = [{"role": role, **scope}]
        account = {"number": number, "name": "Айгүл Сәрсен", "password": PASSWORD, "language": "en", "grants": grants}
        await self.operator.command("/api/intake/v1/accounts", account)
        return await self.operator.log_in(number, PASSWORD)

    async def _import(self, authority: Client, at: str) -> None:
        table = await asyncio.to_thread(self.one.table.read_bytes)
        done = await authority.command(f"{at}/imports", files={"file": (self.one.table.name, table)})
        self.seen(f"import of {done['rows']} organisations, {done['facts']} facts")

    async def _told(self, authority: Client, at: str, body: dict[str, Any]) -> dict[str, Any]:
        sheet = await authority.get(f"{at}/sheet")
        return {
            "procedure": self.one.code,
            "period": self.one.expect.period,
            "body": {"bin": body["bin"], "name": body["name"]},
            "sheet": {name: sheet[name] for name in ("rows", "total", "max")},
            "event": await self._event(at.rpartition("/")[2]),
        }

    async def _event(self, evaluation: str) -> dict[str, Any]:
        """The public fact, as it stands in the log of a service that keeps a copy of it."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while not (facts := await self._approvals(evaluation)):
            if asyncio.get_running_loop().time() > until:
                raise NotServing("the approval hasn't come to the service that keeps a copy of it")
            await asyncio.sleep(0.02)
        last = facts[-1]
        return {name: last[name] for name in ("type", "id", "subject", "version", "data")}

    async def _approvals(self, evaluation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.operator.get(f"/api/intake/v1/facts/{evaluation}")
        return [fact for fact in found if fact["type"] == "EvaluationApproved"]
