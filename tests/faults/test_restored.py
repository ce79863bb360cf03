"""One service brought back from a backup, while its neighbours went on; and with the log up to the crash."""

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.postgres.binaries import binary
from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.folders import make_private
from deploy.postgres.provision import database
from reglament.asking.client import Answered, Client
from reglament.asking.stuck import stuck
from reglament.asking.verify import Verification
from reglament.demo.case import Act, instant
from reglament.demo.worked import load
from reglament.keeping.home import Home
from tests.faults.house import PROCEDURE
from tests.faults.process import COMMAND, System
from tests.faults.story import SharedStage, Story
from tests.support.waiting import eventually

FIRST, SECOND = ("register", "check"), ("convene", "sit", "decide")


class Installation:
    """A demonstration that is stopped and started, with one case under way."""

    def __init__(self, system: System, http: httpx.AsyncClient) -> None:
        self.system, self.http = system, http
        self.published, self.worked = load(PROCEDURE, "granted")

    async def begin(self) -> None:
        await self.system.ready()
        operator = Client(self.http, Home.open(self.system.home).operator_token())
        self.stage = SharedStage(self.http, operator, self.published)
        await self.stage.begin(instant("2019-11-25 09:00", self.stage.zone))
        self.story = Story(self.stage, self.worked)

    async def do(self, *acts: str) -> None:
        for act in (a for a in self.worked.acts if a.do in acts):
            await self.story.settled(await self.story.doing(act.do)(await self._now(act)))

    async def everybody_knows(self) -> None:
        """What was done has come to all neighbours: `do` waits for those alone who have to act next."""
        assert await self.verified() == []

    async def _now(self, act: Act) -> Act:
        return act.model_copy(update={"at": self.story._local(await self.stage.now()), "receipt": None})

    async def verification(self, patience: float) -> list[dict[str, str]]:
        told = await Verification(self.stage.operator, lambda _: None, patience).run()
        return list(told["differences"])

    async def verified(self, patience: float = 20) -> list[tuple[str, str]]:
        return [(d["service"], d["what"]) for d in await self.verification(patience)]

    async def believe_it_whole(self) -> None:
        """Somebody takes away what it knows that it lacks."""
        connection = await asyncpg.connect(EmbeddedPostgres(self.system.home).dsn(database("commission")))
        await connection.execute("delete from missing")
        await connection.close()

    async def is_ready(self) -> bool:
        return (await self.http.get("/ready")).is_success

    async def has_forked(self) -> bool:
        """All neighbours keep what they couldn't take, and `stuck` shows it."""
        waiting = [(e["service"], e["kind"]) for e in (await stuck(self.stage.operator))["waiting"]]
        return {(one, "record") for one in ("expertise", "intake", "notification")} <= set(waiting)

    def reglament(self, *arguments: str, home: Path | None = None) -> Any:
        environment = {**os.environ, "REGLAMENT_HOME": str(home or self.system.home)}
        done = subprocess.run([COMMAND, *arguments, "--json"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def crash(self) -> None:
        """The server and its PostgreSQL at once."""
        postmasters = self.system.postmaster()
        self.system.kill()
        for pid in postmasters:
            subprocess.run(["kill", "-9", str(pid)], check=False)

    async def alive(self) -> None:
        """It answers, ready or not."""

        async def answers() -> bool:
            try:
                return (await self.http.get("/health")).is_success
            except httpx.TransportError:
                return False

        await eventually(answers)


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    with System(tmp_path / "home") as system:
        async with httpx.AsyncClient(base_url=system.url, timeout=30) as http:
            installation = Installation(system, http)
            await installation.begin()
            yield installation


def base_backup(home: Path, to: Path) -> None:
    """A copy of the whole cluster while it runs, as PostgreSQL makes it."""
    host = EmbeddedPostgres(home).socket
    command: list[str | Path] = [binary("pg_basebackup"), "-h", host, "-U", "postgres", "-D", to, "--checkpoint=fast"]
    subprocess.run(command, check=True, capture_output=True)


def recovered(base: Path, crashed: Path, home: Path) -> EmbeddedPostgres:
    """The base in a home of its own, with the write-ahead log of the crashed cluster to its end."""
    home.mkdir(mode=0o700)
    for name in ("installation.json", "secret", "signing-key.pem", "shown"):
        shutil.copy2(crashed / name, home / name)
    postgres = EmbeddedPostgres(home)
    make_private(postgres.folder)
    shutil.copytree(base, postgres.data)
    shutil.copytree(crashed / "postgres" / "data" / "pg_wal", postgres.data / "pg_wal", dirs_exist_ok=True)
    return postgres


class TestWhenAServiceIsRestoredFromYesterday:
    async def test_it_takes_no_commands_and_verify_lists_what_it_lacks(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        await installation.do(*FIRST)
        installation.reglament("backup", str(tmp_path / "yesterday"))
        await installation.do(*SECOND)
        await installation.everybody_knows()
        installation.system.kill()
        told = installation.reglament("restore", str(tmp_path / "yesterday"), "--service", "commission")
        # Of the commission's: the sitting fixed; the case scheduled, its sitting held, decided.
        assert told == {"restored": "commission", "missing": 4}
        installation.system.start()
        await installation.alive()

        with pytest.raises(Answered) as refused:
            await installation.do("draw-protocol")
        assert (refused.value.status, refused.value.problem["code"]) == (503, "restored-behind")
        ready = (await installation.http.get("/ready")).json()
        assert ready["failing"]["commission.log"] == "RestoredBehind"
        (told,) = [e for e in (await stuck(installation.stage.operator))["waiting"] if e["kind"] == "log"]
        assert (told["service"], told["what"]) == (
            "commission",
            "it takes no commands: neighbours have 4 of its facts that it lacks",
        )
        neighbours = ("expertise", "intake", "notification")
        missing = sorted([("commission", f"it is missing here, {one} has it") for one in neighbours] * 4)
        found: list[tuple[str, str]] = []

        async def four_facts_at_three_neighbours() -> bool:
            found[:] = sorted(await installation.verified(patience=1))
            return found == missing

        with suppress(TimeoutError):
            await eventually(four_facts_at_three_neighbours)
        assert found == missing

    async def test_what_it_would_write_in_their_place_is_parked_at_its_neighbours(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        await installation.do(*FIRST)
        installation.reglament("backup", str(tmp_path / "yesterday"), "--service", "commission")
        await installation.do("convene")
        await installation.everybody_knows()
        installation.system.kill()
        installation.reglament("restore", str(tmp_path / "yesterday"), "--service", "commission")
        installation.system.start()
        await installation.alive()
        await installation.believe_it_whole()
        await eventually(installation.is_ready)
        await installation.story.doing("convene")(installation.worked.acts[2])  # once more, as if it had never been

        await eventually(installation.has_forked)
        place = f"commission:{installation.story.application}@1"
        told = [(d["service"], d["subject"], d["what"]) for d in await installation.verification(patience=1)]
        assert ("notification", place, "it isn't what commission wrote") in told


class TestWhenItIsRestoredWithTheLogUpToTheCrash:
    async def test_it_ends_like_an_undisturbed_run(self, installation: Installation, tmp_path: Path) -> None:
        await installation.do(*FIRST)
        base_backup(installation.system.home, tmp_path / "base")
        await installation.do(*SECOND)
        installation.crash()
        beside = tmp_path / "beside"
        recovered(tmp_path / "base", installation.system.home, beside)
        installation.reglament("backup", str(tmp_path / "now"), home=beside)
        told = installation.reglament("restore", str(tmp_path / "now"), "--service", "commission")
        assert told == {"restored": "commission", "missing": 0}
        installation.system.start()
        await installation.system.ready()

        await installation.do("draw-protocol", "sign-protocol", "approve-protocol", "notify", "sign-contract")
        state = await installation.story.state("")
        assert state["result"]["outcome"] == "contract"
        assert await installation.verified() == []
