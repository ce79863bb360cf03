"""Start a case and do eight steps of it, each one a command of the real services, durable before the next."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, cycle
from uuid import UUID, uuid4

import asyncpg

from services.commission.sitting import convening, handlers
from services.intake.application import handlers as intake
from services.intake.application.commands import Admit, RegisterApplication
from services.intake.application.register import register_application
from shared.identity.number import check_digit
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.work import UnitOfWork, Who
from shared.transport.copying import copied
from shared.transport.entering import enter
from shared.web.given import Acting
from shared.web.idempotency import IdempotencyKey
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import INSERT, floor_table, server
from tests.benchmarks.town import PROCEDURE, PROVIDER, Town, town

MEMBERS = ("chair", "deputy", "member-1")
SHEETS = {"application-form": 2, "identity": 1, "business-plan": 20, "no-tax-arrears": 1}
COMMITS, BODIES = 9, 32
RECEIVED = datetime.fromisoformat("2019-11-25T10:00:00+06:00")
CHECKED = datetime.fromisoformat("2019-11-26T15:00:00+06:00")
CONVENED = datetime.fromisoformat("2019-11-27T11:00:00+06:00")
SITS = datetime.fromisoformat("2019-12-03T10:00:00+06:00")
TODAY = datetime.fromisoformat("2019-12-10T10:00:00+06:00")
"""Everything is recorded on one day, stated as having happened before: so that cases at once need no clocks of their own."""
_NUMBERS = map("{:011d}".format, count(70010130000))
SIZE = "select sum(length(data) + length(meta))::int from events"
Act = Callable[[UnitOfWork], Awaitable[str]]


def package(number: str) -> RegisterApplication:
    """What a clerk types in."""
    applicant = {"kind": "entrepreneur", "number": number, "name": "Алия Серікқызы", "phone": "+77015550123"}
    return RegisterApplication.model_validate(
        {
            "procedure": PROCEDURE,
            "receipt": RECEIVED,
            "at": RECEIVED + timedelta(minutes=10),
            "applicant": {**applicant, "email": "aliya@example.kz", "language": "kk"},
            "project": {"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000.00"},
            "consent": True,
            "documents": [{"code": code, "sheets": sheets} for code, sheets in SHEETS.items()],
        }
    )


def newcomer() -> str:
    """The number of somebody who never came before."""
    return next(f"{digits}{last}" for digits in _NUMBERS if (last := check_digit(digits)) is not None)


class Steps:
    """One case: a registration, then an admission, a sitting, a discussion, three votes and the decision."""

    def __init__(self, town: Town, body: UUID) -> None:
        self.town, self.body = town, body

    async def command(self, service: str, caller: Caller, role: Role, act: Act) -> str:
        """As the interface has it performed: once under its key, with who did it."""
        key = IdempotencyKey(f"{caller.account} POST {act.__name__}", str(uuid4()), "digest of the body")
        who = Who(caller.account, role, PROVIDER)
        return (await self.town.nodes[service].perform(act, who, key)).result

    async def run(self) -> None:
        application = await self._register()
        await self._admit(application)
        await self._copy(application)
        await self._sit(application, await self._convene(application))

    async def _register(self) -> UUID:
        given, clerk = package(newcomer()), self.town.caller("clerk")
        secret = self.town.keys.secret
        made = await self.command(
            "intake", clerk, Role.CHANCELLERY, lambda work: register_application(work, secret, clerk, given)
        )
        return UUID(made)

    async def _admit(self, application: UUID) -> None:
        executor = self.town.caller("executor")

        async def act(work: UnitOfWork) -> str:
            return await intake.admit(work, executor, await intake.the_case(work, application), Admit(at=CHECKED))

        await self.command("intake", executor, Role.EXECUTOR, act)

    async def _copy(self, application: UUID) -> None:
        rows = await self.town.log("intake").stream(f"intake:{application}")
        async with self.town.log("commission").pool.acquire() as connection, connection.transaction():
            await enter(connection, [copied(row, "intake") for row in rows])

    async def _convene(self, application: UUID) -> UUID:
        acting, agenda = Acting(self.town.caller("executor")), (application,)
        given = convening.ConveneSitting(body=self.body, starts_at=SITS, place="3-кабинет", agenda=agenda, at=CONVENED)
        sitting = await self.command(
            "commission", acting.caller, Role.EXECUTOR, lambda work: convening.convene_sitting(work, acting, given)
        )
        return UUID(sitting)

    async def _sit(self, application: UUID, sitting: UUID) -> None:
        secretary = Acting(self.town.caller("secretary"))
        members = [Acting(self.town.caller(handle)) for handle in MEMBERS]
        present = tuple(m.account for m in members)

        async def keep(act: Act) -> None:
            await self.command("commission", secretary.caller, Role.SECRETARY, act)

        called = handlers.CallRoll(present=present, at=SITS)
        noted = handlers.Discuss(note="Жоба таныстырылды.", at=SITS)
        closed = handlers.CloseVote(reasons="Шарттарға сәйкес.", at=SITS)
        await keep(lambda work: handlers.call_roll(work, secretary, sitting, called))
        await keep(lambda work: handlers.discuss(work, secretary, sitting, application, noted))
        for member in members:
            await self._vote(member, sitting, application)
        await keep(lambda work: handlers.close_vote(work, secretary, sitting, application, closed))

    async def _vote(self, member: Acting, sitting: UUID, application: UUID) -> None:
        given = handlers.Vote(choice="for")
        await self.command(
            "commission",
            member.caller,
            Role.MEMBER,
            lambda work: handlers.vote(work, member, sitting, application, given),
        )


async def cases(town: Town, bodies: Iterator[UUID], at_once: int, count: int) -> float:
    """Cases in a second."""
    left = iter(range(count))

    async def clerk() -> None:
        for _ in left:
            await Steps(town, next(bodies)).run()

    begun = time.perf_counter()
    await asyncio.gather(*(clerk() for _ in range(at_once)))
    return count / (time.perf_counter() - begun)


async def commits(pool: "asyncpg.Pool[asyncpg.Record]", at_once: int, count: int, payload: int) -> float:
    """As many times nine commits in a second, each of one row."""
    left, data = iter(range(count)), "x" * payload

    async def writer() -> None:
        async with pool.acquire() as connection:
            for _ in left:
                for _ in range(COMMITS):
                    await connection.execute(INSERT, str(uuid4()), data)

    begun = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(at_once)))
    return count / (time.perf_counter() - begun)


async def written(town: Town) -> int:
    """Bytes of facts in the logs of the two services."""
    return sum([await town.log(service).pool.fetchval(SIZE) for service in ("intake", "commission")])


async def measure(scale: Scale) -> Report:
    lines = [Line(f"{n} at once", "cases/s", Goal(0.45, 0.7)) for n in (1, 16)]
    count = scale.count(150, 20)
    with server() as postgres:
        async with town(postgres) as at_work, floor_table(postgres) as dsn:
            bodies = cycle(await at_work.bodies(BODIES))
            await at_work.quiet()
            at_work.hands.at = TODAY
            before = await written(at_work)
            await cases(at_work, bodies, 16, 16)
            payload = (await written(at_work) - before) // 16 // COMMITS
            pool = await asyncpg.create_pool(dsn, min_size=16, max_size=16)

            async def floor() -> dict[str, float]:
                return {f"{n} at once": await commits(pool, n, count * 4, payload) for n in (1, 16)}

            async def subject() -> dict[str, float]:
                return {f"{n} at once": await cases(at_work, bodies, n, count) for n in (1, 16)}

            await take_turns(scale.rounds, lines, floor, subject)
            await pool.close()
    return Report(
        "Start a case and do eight steps of it",
        f"nine times `insert into facts values ($1, 1, $2)` by asyncpg, prepared, each its own commit of {payload} bytes",
        "`Node.perform` of nine commands of intake and commission under their Idempotency-Keys: registration, admission, a "
        "sitting convened, roll-call, discussion, three votes, decision; between the second and the third the case's facts "
        "are copied to the commission's log, a tenth commit",
        lines,
        [
            f"{BODIES} bodies take the cases by turns, one sitting a case: about as many sittings in a calendar as in a year."
        ],
    )
