"""Plays a worked case on the stage: moves the legal clock to each act and does it as whoever has to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from reglament.asking.client import PATIENCE, Client
from reglament.demo.case import Act, Worked, instant
from reglament.demo.people import EXPERTS, HANDLES, MEMBERS, PASSWORD
from reglament.demo.stage import Applicant, Stage, scan
from shared.procedure.kinds import PARTY_ROLES

BALLOT = ("member-1", "member-2", "member-3", "deputy", "chair")
"""Who votes in this order: those in favour first, then those against, so that the chair is last."""
Seen = Callable[[dict[str, Any]], None]


@dataclass
class Driver:
    """One case under way. `seen` is shown the cabinet's state after each act."""

    stage: Stage
    worked: Worked
    seen: Seen = lambda _: None
    applicant: Applicant = field(init=False)
    application: str = ""
    sitting: str = ""
    present: tuple[str, ...] = MEMBERS
    _cabinet: Client | None = None

    def __post_init__(self) -> None:
        self.applicant = Applicant.invent(uuid4().hex, self.stage.published)

    async def play(self) -> dict[str, Any]:
        """Do every act; returns the state that the applicant's cabinet shows at the end."""
        state: dict[str, Any] = {}
        for act in self.worked.acts:
            await self.stage.move_clock(self.instant(act.at))
            state = await self.settled(await self.doing(act.do)(act))
            self.seen(state)
        return state

    async def settled(self, after: str) -> dict[str, Any]:
        """The state once the system has done its part, before the clock moves on."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            state = await self.state(after)
            at_work = state["withdrawal"] or any(step["role"] == "system" for step in state["open"])
            if not at_work or asyncio.get_running_loop().time() > until:
                return state
            await asyncio.sleep(0.02)

    async def state(self, after: str) -> dict[str, Any]:
        cabinet = await self.cabinet()
        path, known = f"/api/cabinet/v1/applications/{self.application}", {"after": after} if after else {}
        found: dict[str, Any] = await cabinet.get(path, **known)
        return found

    async def cabinet(self) -> Client:
        """The applicant, who opens the cabinet with the code of the receipt."""
        if self._cabinet is None:
            clerk = await self.stage.as_(self.by("register"))
            receipt = await clerk.get(f"/api/intake/v1/applications/{self.application}/receipt")
            opening = {"number": self.applicant.number, "application": receipt["number"], "code": receipt["code"]}
            claims = "/api/intake/v1/accounts/claims"
            await Client(self.stage.http).command(claims, {**opening, "password": PASSWORD})
            self._cabinet = await self.stage.operator.log_in(self.applicant.number, PASSWORD)
        return self._cabinet

    def instant(self, text: str) -> datetime:
        return instant(text, self.stage.zone)

    def when(self, act: Act) -> dict[str, str]:
        """The instant that a command states which is entered later."""
        return {"at": self.instant(act.stated).isoformat()} if act.stated else {}

    def doing(self, kind: str) -> Callable[[Act], Awaitable[str]]:
        """What does an act of this kind: the method of the same name."""
        done: Callable[[Act], Awaitable[str]] = getattr(self, kind.replace("-", "_"))
        return done

    async def overdue(self, _: Act) -> str:
        """Until the sweep has told of every open step whose term is over."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while not (late := [s["escalated"] for s in (await self.state(""))["open"] if s["overdue"]]) or not all(late):
            if asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(0.05)
        return ""

    async def do(self, handle: str, path: str, body: Any = None, **options: Any) -> str:
        """A command of this person; returns the token by which the cabinet waits for it."""
        done = await (await self.stage.as_(handle)).command(path, body, **options)
        return str(done["after"])

    def by(self, kind: str) -> str:
        """Who does the steps of this kind, by the procedure's role for them."""
        steps = self.stage.published.edition.procedure.steps.values()
        return next(HANDLES[step.role] for _, step in steps if step.kind == kind and not step.automatic)

    # -- intake

    async def register(self, act: Act) -> str:
        clerk = await self.stage.as_(self.by("register"))
        documents = []
        for code, content in self.applicant.documents:
            file = {"file": ("scan.pdf", content, "application/pdf")}
            owner = {"number": self.applicant.number}
            kept = await clerk.command("/api/intake/v1/documents", data=owner, files=file)
            documents.append({"code": code, "digest": kept["id"]})
        package = {
            "procedure": self.stage.published.edition.code,
            "receipt": self.instant(act.receipt or act.at).isoformat(),
            "applicant": self.applicant.given(),
            "project": self.applicant.project,
            "consent": True,
            "documents": documents,
        }
        done = await clerk.command("/api/intake/v1/applications", package)
        self.application = done["id"]
        return str(done["after"])

    async def check(self, act: Act) -> str:
        at = f"/api/intake/v1/applications/{self.application}"
        if act.outcome == "admitted":
            return await self.do(self.by("check"), f"{at}/admission", self.when(act))
        reasons = "Топтамада бизнес-жоспардың сметасы жоқ."
        return await self.do(
            self.by("check"), f"{at}/refusal", {"ground": act.ground, "reasons": reasons, **self.when(act)}
        )

    async def assign(self, act: Act) -> str:
        at = f"/api/intake/v1/applications/{self.application}/executor"
        return await self.do(self.by("assign"), at, {"executor": self.stage.accounts["executor"]})

    async def send(self, act: Act) -> str:
        return await self.do(self.by("send"), f"/api/intake/v1/applications/{self.application}/materials", {})

    async def ask_for_corrections(self, act: Act) -> str:
        procedure = self.stage.published.edition.procedure
        assert procedure.corrections, "the procedure's data don't allow it"
        at = f"/api/intake/v1/applications/{self.application}/correction-requests"
        asked = {"documents": [self.applicant.documents[0][0]], "reasons": "Құжатта қол жоқ."}
        return await self.do(HANDLES[procedure.corrections.role], at, asked)

    async def correct_package(self, act: Act) -> str:
        """In the cabinet, with a new scan of what was asked for."""
        cabinet, code = await self.cabinet(), self.applicant.documents[0][0]
        file = {"file": ("scan.pdf", scan(f"{code} corrected"), "application/pdf")}
        kept = await cabinet.command("/api/intake/v1/documents", data={"number": self.applicant.number}, files=file)
        at, answer = (
            f"/api/intake/v1/applications/{self.application}/corrected-documents",
            [{"code": code, "digest": kept["id"]}],
        )
        return str((await cabinet.command(at, {"documents": answer}))["after"])

    async def withdraw(self, act: Act) -> str:
        done = await (await self.cabinet()).command(f"/api/intake/v1/applications/{self.application}/withdrawal", {})
        return str(done["after"])

    # -- expertise

    async def examine(self, act: Act) -> str:
        """The institute's whole part: experts are named, each gives an opinion, the lead files the conclusion."""
        at = f"/api/expertise/v1/expertises/{self.application}"
        experts = [self.stage.accounts[e] for e in EXPERTS]
        await self.do("institute-head", f"{at}/experts", {"experts": experts, "lead": experts[0]})
        said = self.stage.published.edition.procedure.expertise
        points = {c.code: c.most for c in (said.criteria if said else ())}
        found = {"points": points, "recommended": True, "words": "Жоба жаңа, орындалуға жарамды."}
        for expert in EXPERTS:
            await self.do(expert, f"{at}/opinions", found)
        return await self.do(EXPERTS[0], f"{at}/conclusion", found)

    # -- commission

    async def convene(self, act: Act) -> str:
        starts_at = self.instant(act.sitting or act.at).isoformat()
        agenda = {"body": self.stage.body, "starts_at": starts_at, "place": "3-кабинет", "agenda": [self.application]}
        executor = await self.stage.as_(self.by("convene"))
        done = await executor.command("/api/commission/v1/sittings", agenda)
        self.sitting = done["id"]
        return ""

    async def sit(self, act: Act) -> str:
        self.present = MEMBERS[: len(MEMBERS) - act.absent]
        there = [self.stage.accounts[m] for m in self.present]
        await self.do("secretary", f"{self._sitting}/roll-call", {"present": there})
        return await self.do(
            "secretary", f"{self._item}/note", {"note": "Жоба таныстырылды, сұрақтарға жауап берілді."}
        )

    async def decide(self, act: Act) -> str:
        voters = [member for member in BALLOT if member in self.present]
        for place, member in enumerate(voters):
            choice = "for" if place < act.in_favour else "against" if place < act.in_favour + act.against else "abstain"
            await self.do(member, f"{self._item}/votes", {"choice": choice})
        return await self.do("secretary", f"{self._item}/decision", {"reasons": "Шарттарға сәйкестігі талқыланды."})

    async def draw_protocol(self, act: Act) -> str:
        return await self.do("secretary", f"{self._sitting}/protocol", self.when(act))

    async def sign_protocol(self, act: Act) -> str:
        protocol, after = await self._protocol(), ""
        for signer in protocol["signers"]:
            after = await self.answer(signer["member"], protocol["digest"])
        return after

    async def answer(self, member: str, digest: str) -> str:
        """Who was at the sitting, or keeps its protocol, signs; of anybody else the secretary records why they don't."""
        handle = next(h for h, account in self.stage.accounts.items() if account == member)
        if handle in (*self.present, "secretary"):
            return await self.do(handle, f"{self._sitting}/protocol/signatures", {"digest": digest})
        absent = {"member": member, "reason": "Отырысқа қатысқан жоқ."}
        return await self.do("secretary", f"{self._sitting}/protocol/refusals", absent)

    async def approve_protocol(self, act: Act) -> str:
        given = {"digest": (await self._protocol())["digest"]}
        return await self.do("chair", f"{self._sitting}/protocol/approval", {**given, **self.when(act)})

    async def sign_contract(self, act: Act) -> str:
        contract = await (await self.stage.as_("head")).get(f"{self._contract}")
        given = {"party": act.party, "digest": contract["digest"]}
        if act.party != "applicant":
            handle = HANDLES[PARTY_ROLES[act.party or ""]]
            return await self.do(handle, f"{self._contract}/signatures", given)
        file = {"scan": ("contract.pdf", scan(contract["digest"]), "application/pdf")}
        signed = {"digest": contract["digest"]}
        return await self.do("clerk", f"{self._contract}/paper-signature", data=signed, files=file)

    async def decline(self, act: Act) -> str:
        done = await (await self.cabinet()).command(f"{self._contract}/decline", {})
        return str(done["after"])

    async def close(self, act: Act) -> str:
        return await self.do("head", f"{self._contract}/closure", {"reason": "Мерзімі өтті, шартқа қол қойылмады."})

    async def prepare_result(self, act: Act) -> str:
        return await self.do(self.by("prepare-result"), self._result, {})

    async def sign_result(self, act: Act) -> str:
        papers = (await (await self.stage.as_("clerk")).get(self._result))["papers"]
        given = {"papers": {paper["paper"]: paper["digest"] for paper in papers}}
        return await self.do(self.by("sign-result"), f"{self._result}/signature", given)

    async def register_result(self, act: Act) -> str:
        return await self.do(self.by("register-result"), f"{self._result}/registration", {})

    async def issue(self, act: Act) -> str:
        return await self.do(self.by("issue"), f"{self._result}/issue", {})

    # -- notification

    async def notify(self, act: Act) -> str:
        path = f"/api/notification/v1/applications/{self.application}/notices"
        return await self.do(self.by("notify"), path, {"channel": "paper"})

    # -- addresses

    @property
    def _sitting(self) -> str:
        return f"/api/commission/v1/sittings/{self.sitting}"

    @property
    def _item(self) -> str:
        return f"{self._sitting}/items/{self.application}"

    @property
    def _contract(self) -> str:
        return f"/api/commission/v1/contracts/{self.application}"

    @property
    def _result(self) -> str:
        return f"/api/commission/v1/results/{self.application}"

    async def _protocol(self) -> dict[str, Any]:
        found: dict[str, Any] = await (await self.stage.as_("secretary")).get(f"{self._sitting}/protocol")
        return found
