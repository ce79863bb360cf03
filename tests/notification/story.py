"""A case told fact by fact into notification's log, as copies of what its owners wrote."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts import commission, intake
from shared.contracts.case import ApplicationWithdrawn, WithdrawalDeclined
from shared.contracts.common import Because, CaseFact, PublicFact, StepDone
from shared.contracts.personal import Personal
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller
from shared.kernel.log import Log, NewRow, copy
from shared.kernel.vault import Keys, Vault
from shared.procedure.case import Case
from shared.procedure.cases import fact_of
from shared.procedure.editions import Published, load_all
from shared.procedure.facts import Fact

WATERMARK = "insert into watermarks(source, at) values($1, $2) on conflict (source) do update set at = excluded.at"
PROCEDURE = "karaganda-2019/new-business-ideas"
PROVIDER = "karaganda-region"
SITTING, BODY = UUID(int=71), UUID(int=72)
ASEL, BOLAT, DANA = (UUID(int=n) for n in (81, 82, 83))
DIGEST = "0" * 64


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2019) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def clerk(role: Role = Role.CHANCELLERY, provider: str = PROVIDER) -> Caller:
    grants = (Grant(role=role, provider=provider),)
    return Caller(account=UUID(int=91), grants=grants, language="kk", expires_at=utc(12, 31, 0))


class Story:
    """One application. Instants are those of tests/histories/…/granted.json unless a test says otherwise."""

    def __init__(self, log: Log, vault: Vault, application: UUID, account: UUID) -> None:
        self.log, self.vault = log, vault
        self.application, self.account, self.person = application, account, uuid4()
        self.published: Published = load_all()[PROCEDURE]
        self.versions: dict[str, int] = {}
        self.facts: list[Fact] = []
        self.under_way = False

    @property
    def subject(self) -> str:
        return str(self.application)

    async def keys(self) -> Keys:
        return await self.vault.keys([self.person])

    async def publish_edition(self) -> None:
        fact = intake.EditionPublished(happened_at=utc(8, 10, 3), procedure=PROCEDURE, edition=self.published.text)
        row = self._row("intake", self.published.digest, 1, fact, Keys({}))
        await self.come(row)

    async def tell(self, source: str, fact: CaseFact) -> NewRow:
        """Written by its owner, and come at once unless it is under way."""
        self.versions[source] = self.versions.get(source, 0) + 1
        row = self._row(source, self.subject, self.versions[source], fact, await self.keys())
        self.facts.append(Fact(row.id, source, row.version, row.type, fact))
        if not self.under_way:
            await self.come(row)
        return row

    async def come(self, *rows: NewRow) -> None:
        async with self.log.pool.acquire() as connection, connection.transaction():
            await copy(connection, rows)
        self.log.ring()

    def _row(self, source: str, subject: str, version: int, fact: PublicFact, keys: Keys) -> NewRow:
        data = fact.model_dump_json(context=keys)
        stream = f"{source}:{subject}"
        return NewRow(uuid4(), stream, version, subject, fact.name(), data, "{}", datetime.now(UTC), source)

    async def done(self, source: str, step: str, at: datetime, **more: Any) -> StepDone:
        """The common part, as the owner of the step makes it."""
        return (await self.case(source)).completes(step, at=at, **more)

    async def case(self, source: str) -> Case:
        told = [fact_of(row, None) for row in await self.log.stream(f"notification:{self.subject}")]
        registered = self.facts[0].body
        assert isinstance(registered, intake.ApplicationRegistered)
        return Case(source, self.subject, [*self.facts, *(f for f in told if f)], registered, self.published)

    def personal(self, text: str) -> Personal:
        return Personal(person=self.person, text=text)

    # -- the facts of the case, in order

    async def registered(self, shift: timedelta = timedelta(0)) -> NewRow:
        await self.vault.create(self.person)
        return await self.tell("intake", self.registration(shift))

    def registration(self, shift: timedelta) -> intake.ApplicationRegistered:
        receipt, at = utc(11, 25, 4) + shift, utc(11, 25, 4, 10) + shift
        step = StepDone(
            step="register",
            action="register",
            paragraph="§5.1",
            outcome="done",
            role="chancellery",
            happened_at=at,
            since=receipt,
            due=receipt + timedelta(minutes=20),
            because=(Because(code="counted-from", params={"moment": "2019-11-25T04:00:00Z"}),),
        )
        applicant = intake.Applicant(
            kind="entrepreneur",
            account=self.account,
            person=self.person,
            number=self.personal("900101300017"),
            name=self.personal("Алия Сериккызы"),
            phone=self.personal("+77010000000"),
            email=self.personal("aliya@example.kz"),
            language="ru",
        )
        return intake.ApplicationRegistered(
            happened_at=at,
            step=step,
            moments={"receipt": receipt},
            number="KRG/2019/000001",
            edition=self.published.digest,
            procedure=PROCEDURE,
            provider=PROVIDER,
            channel="paper",
            applicant=applicant,
            project=intake.Project(title="Пекарня", kind_of_activity="10.71", amount="3000000.00"),
            documents=(),
            total_due=utc(1, 10, 12, 30, year=2020),
        )

    async def admitted(self, at: datetime | None = None) -> NewRow:
        at = at or utc(11, 26, 9)
        step = await self.done("intake", "check", at, outcome="admitted")
        return await self.tell("intake", intake.ApplicationAdmitted(happened_at=at, step=step))

    async def refused(self) -> NewRow:
        at = utc(11, 26, 9)
        step = await self.done("intake", "check", at, outcome="refused")
        reasons = self.personal("Бизнес-план пуст.")
        return await self.tell(
            "intake",
            intake.ApplicationRefused(happened_at=at, step=step, ground="incomplete-package", reasons=reasons),
        )

    async def scheduled(self, at: datetime | None = None) -> NewRow:
        at = at or utc(11, 27, 4)
        step = await self.done("commission", "convene", at)
        fact = commission.ApplicationScheduled(
            happened_at=at, step=step, sitting=SITTING, body=BODY, starts_at=utc(12, 5, 5), place="каб. 12"
        )
        return await self.tell("commission", fact)

    async def unscheduled(self, at: datetime) -> NewRow:
        step = (await self.case("commission")).undoes("convene", at)
        fact = commission.ApplicationUnscheduled(happened_at=at, step=step, sitting=SITTING, why="cancelled")
        return await self.tell("commission", fact)

    async def held(self, at: datetime | None = None) -> NewRow:
        at = at or utc(12, 5, 5)
        step = await self.done("commission", "sit", at)
        fact = commission.SittingHeld(happened_at=at, step=step, sitting=SITTING, members=3, present=3, recused=0)
        return await self.tell("commission", fact)

    async def decided(self, outcome: str = "granted") -> NewRow:
        at = utc(12, 5, 5, 40)
        step = await self.done("commission", "decide", at, outcome=outcome)
        tally = commission.Tally(in_favour=3, against=0, abstained=0, recused=0)
        reasons = self.personal("Проект окупится за два года.")
        fact = commission.ApplicationDecided(happened_at=at, step=step, sitting=SITTING, tally=tally, reasons=reasons)
        return await self.tell("commission", fact)

    async def drawn(self, outcome: str = "granted") -> NewRow:
        at, signers = utc(12, 6, 4), tuple(str(m) for m in (ASEL, BOLAT, DANA))
        step = await self.done("commission", "draw-protocol", at, outcome=outcome, parts={"sign-protocol": signers})
        fact = commission.ProtocolDrawn(
            happened_at=at, step=step, sitting=SITTING, number="7", digest=DIGEST, signers="all"
        )
        return await self.tell("commission", fact)

    async def signed(self, member: UUID, hour: int) -> NewRow:
        at = utc(12, 6, hour)
        step = await self.done("commission", "sign-protocol", at, outcome="signed", part=str(member))
        return await self.tell(
            "commission", commission.ProtocolSigned(happened_at=at, step=step, sitting=SITTING, digest=DIGEST)
        )

    async def approved(self, outcome: str = "granted") -> NewRow:
        at = utc(12, 9, 4)
        step = await self.done("commission", "approve-protocol", at, outcome=outcome)
        reasons = self.personal("Проект окупится за два года.")
        fact = commission.ProtocolApproved(
            happened_at=at, step=step, sitting=SITTING, number="7", digest=DIGEST, reasons=reasons
        )
        return await self.tell("commission", fact)

    async def contract_signed(self, party: str, day: int) -> NewRow:
        at = utc(12, day, 4)
        step = await self.done("commission", "sign-contract", at, part=party)
        fact = commission.ContractPartySigned(happened_at=at, step=step, digest=DIGEST)
        return await self.tell("commission", fact)

    async def from_admission_to_approval(self, outcome: str = "granted") -> None:
        await self.scheduled()
        await self.held()
        await self.decided(outcome)
        await self.drawn(outcome)
        for hour, member in ((5, ASEL), (6, BOLAT), (9, DANA)):
            await self.signed(member, hour)
        await self.approved(outcome)

    async def corrected(self, field: str, now: str) -> NewRow:
        was, mended = self.personal("Алия Сериккызы"), self.personal(now)
        at = utc(11, 25, 5)
        fact = intake.RegistrationCorrected(happened_at=at, field=field, was=was, now=mended, reason="Описка.")
        return await self.tell("intake", fact)

    async def asked_to_withdraw(self, at: datetime) -> NewRow:
        return await self.tell("intake", intake.WithdrawalRequested(happened_at=at, asked_through="cabinet"))

    async def declined_to_withdraw(self, request: NewRow, at: datetime) -> NewRow:
        asked = utc(12, 9, 5)
        fact = WithdrawalDeclined(happened_at=at, request=request.id, asked_at=asked, shut_at=at, shut_by="decide")
        return await self.tell("commission", fact)

    async def closed(self, at: datetime, reason: str) -> NewRow:
        fact = commission.CaseClosed(happened_at=at, ends="closed", reason=self.personal(reason))
        return await self.tell("commission", fact)

    async def withdrawn(self, request: NewRow, at: datetime) -> NewRow:
        fact = ApplicationWithdrawn(happened_at=at, ends="withdrawn", request=request.id, asked_at=at)
        return await self.tell("commission", fact)


async def sources_come(log: Log, until: datetime | None = None) -> None:
    """Every source has sent all up to this instant (system time), now by default."""
    for source in ("intake", "expertise", "commission"):
        await log.pool.execute(WATERMARK, source, until or datetime.now(UTC))
