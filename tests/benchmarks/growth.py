"""What a command costs where a million applications have been registered, against where a thousand have."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

import asyncpg

from services.intake.application import handlers as intake
from services.intake.application.commands import Admit, CorrectRegistration
from services.intake.application.register import register_application
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork, Who
from shared.web.idempotency import IdempotencyKey
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import server
from tests.benchmarks.seeds import case_number, registered
from tests.benchmarks.steps import CHECKED, TODAY, Act, newcomer, package
from tests.benchmarks.town import PROVIDER, Town, town

KEYS = "insert into keys(person, key) select md5('person:' || g)::uuid, decode(md5('1' || g) || md5('2' || g), 'hex')"
FEW = 1000


@dataclass
class Counter:
    """Intake's counter where so many applications lie. Cases are taken from all over them."""

    town: Town
    amount: int
    _case: Iterator[int]

    @classmethod
    @asynccontextmanager
    async def of(cls, amount: int) -> AsyncIterator["Counter"]:
        async with AsyncExitStack() as stack:
            postgres = stack.enter_context(server())
            at_work = await stack.enter_async_context(town(postgres))
            application = await at_work.case()
            await at_work.quiet()
            at_work.hands.at = TODAY
            seed = await registered(at_work.log("intake"), application)
            await seed.sow(postgres.dsn("reglament_intake"), 1, amount)
            await seed.settle(postgres.dsn("reglament_intake"))
            vault = await asyncpg.connect(postgres.dsn("reglament_vault"), command_timeout=600)
            await vault.execute(f"{KEYS} from generate_series(1, {amount}) g")
            await vault.close()
            yield cls(at_work, amount, (n * 7919 % amount + 1 for n in count()))

    async def command(self, role: Role, handle: str, act: Act) -> None:
        caller = self.town.caller(handle)
        key = IdempotencyKey(f"{caller.account} POST", str(uuid4()), "digest of the body")
        await self.town.nodes["intake"].perform(act, Who(caller.account, role, PROVIDER), key)

    async def register(self) -> None:
        clerk, given, secret = self.town.caller("clerk"), package(newcomer()), self.town.keys.secret
        await self.command(Role.CHANCELLERY, "clerk", lambda work: register_application(work, secret, clerk, given))

    async def admit(self) -> None:
        application, executor = self._next(), self.town.caller("executor")

        async def act(work: UnitOfWork) -> str:
            return await intake.admit(work, executor, await intake.the_case(work, application), Admit(at=CHECKED))

        await self.command(Role.EXECUTOR, "executor", act)

    async def correct(self) -> None:
        application, clerk = self._next(), self.town.caller("clerk")
        given = CorrectRegistration(reason="misspelt", phone=f"+7701{uuid4().int % 10**7:07d}")

        async def act(work: UnitOfWork) -> str:
            case = await intake.the_case(work, application)
            return await intake.correct_registration(work, clerk, case, given)

        await self.command(Role.CHANCELLERY, "clerk", act)

    def _next(self) -> UUID:
        return UUID(case_number(next(self._case), "application"))

    async def round(self, commands: int) -> dict[str, float]:
        """Milliseconds that one command of each kind takes."""
        kinds = {"register": self.register, "admit": self.admit, "correct": self.correct}
        took = {}
        for name, act in kinds.items():
            begun = time.perf_counter()
            for _ in range(commands):
                await act()
            took[name] = 1000 * (time.perf_counter() - begun) / commands
        return took


async def measure(scale: Scale) -> Report:
    many, commands = scale.count(1_000_000, 20_000), scale.count(60, 20)
    lines = [Line(name, "ms", Goal(1.3, 1.1, fewer=True)) for name in ("register", "admit", "correct")]
    async with Counter.of(FEW) as small, Counter.of(many) as large:
        for counter in (small, large):
            await counter.round(5)

        async def floor() -> dict[str, float]:
            return await small.round(commands)

        async def subject() -> dict[str, float]:
            return await large.round(commands)

        await take_turns(scale.rounds, lines, floor, subject)
        gigabytes = await large.town.log("intake").pool.fetchval("select pg_total_relation_size('events') / 1e9")
    return Report(
        f"Cost of a command at {many:,} applications",
        f"the same commands where {FEW:,} applications lie",
        "`Node.perform` of a registration of somebody new, an admission and a correction of applications spread over all "
        "of them, one after another",
        lines,
        [f"Intake's log has {gigabytes:.1f} GB then, the vault a key for each application."],
    )
