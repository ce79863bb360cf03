"""The command line beside a running installation: a case looked into, kept up, backed up and brought back."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database
from reglament.demo.play import play
from reglament.demo.worked import load
from reglament.keeping.home import Home
from tests.faults.process import System

COMMAND = Path(sys.executable).with_name("reglament")
NUMBER = "KRG/2019/000001"


class Served:
    """A running demonstration with one refused case in it."""

    def __init__(self, system: System) -> None:
        self.system = system

    def command(self, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "REGLAMENT_HOME": str(home or self.system.home)}
        return subprocess.run([COMMAND, *arguments], env=environment, capture_output=True, text=True)

    def told(self, *arguments: str) -> Any:
        answered = self.command(*arguments, "--json")
        assert answered.returncode == 0, answered.stderr
        return json.loads(answered.stdout)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with System(tmp_path_factory.mktemp("served") / "home") as system:
        await system.ready()
        token = Home.open(system.home).operator_token()
        await play(system.url, token, *load("karaganda-2019/new-business-ideas", "refused"), lambda _: None)
        yield Served(system)


class TestExplain:
    async def test_tells_each_fact_with_its_paragraph_and_what_it_rests_on(self, served: Served) -> None:
        told = served.told("explain", NUMBER)
        events = [(fact["event"], fact["paragraph"]) for fact in told["facts"]]
        assert events == [
            ("ApplicationRegistered", "§5.1"),
            ("ApplicationRefused", "§5.2"),
            ("ApplicantNotified", "§5.2"),
        ]
        registered, refused, notified = told["facts"]
        assert refused["rests_on"] == [registered["id"]]
        assert notified["rests_on"] == [refused["id"]]

    async def test_of_an_unknown_number_says_so(self, served: Served) -> None:
        answered = served.command("explain", "KRG/2019/999999")
        assert (answered.returncode, answered.stderr) == (
            2,
            "there is no application KRG/2019/999999 at this installation\n",
        )


class TestWatch:
    async def test_of_an_ended_case_shows_its_end(self, served: Served) -> None:
        states = [json.loads(line) for line in served.command("watch", NUMBER, "--json").stdout.splitlines()]
        assert states[-1]["result"]["outcome"] == "refused"


class TestKeepingUp:
    async def test_a_read_model_is_built_anew(self, served: Served) -> None:
        assert served.told("rebuild", "notification", "cabinet") == {"view": "cabinet", "rows": 1}

    async def test_nothing_is_parked(self, served: Served) -> None:
        assert served.told("parked", "list", "--waiting") == []

    async def test_providers_and_bodies_are_listed(self, served: Served) -> None:
        assert "karaganda-region" in {p["provider"] for p in served.told("provider", "list")}
        assert [b["kind"] for b in served.told("body", "list")] == ["competition-commission"]


class TestLookingAfterIt:
    async def test_all_stores_agree(self, served: Served) -> None:
        told = served.told("verify")
        assert (told["clean"], told["differences"]) == (True, [])
        # The calendar, eight editions, the registration and the refusal; the notice of it.
        assert (told["facts"]["intake"], told["facts"]["notification"]) == (11, 1)

    async def test_a_difference_is_printed_with_exit_code_one(self, served: Served) -> None:
        store = EmbeddedPostgres(served.system.home).dsn(database("notification"))
        connection = await asyncpg.connect(store)
        await connection.execute("update views.cabinet set version = version + 1")
        await connection.close()
        answered = served.command("verify", "--patience", "0")
        assert answered.returncode == 1
        assert "notification  view  cabinet/" in answered.stdout
        served.told("rebuild", "notification", "cabinet")
        assert served.command("verify").returncode == 0

    async def test_nothing_is_stuck(self, served: Served) -> None:
        assert served.told("stuck")["waiting"] == []

    async def test_a_trace_is_a_tree(self, served: Served) -> None:
        (registered,) = served.told("trace", NUMBER)["facts"]
        assert (registered["type"], registered["service"]) == ("ApplicationRegistered", "intake")
        (refused,) = registered["facts"]
        assert refused["step"] == "check"
        shown = served.command("trace", NUMBER)
        assert shown.returncode == 0
        assert [w for w in ("ApplicationRefused", "ApplicantNotified") if w not in shown.stdout] == []


class TestABackup:
    async def test_brings_everything_back_in_a_new_home(self, served: Served, tmp_path: Path) -> None:
        before = served.told("explain", NUMBER)
        written = served.command("backup", str(tmp_path / "kept")).stdout.splitlines()
        assert [Path(file).name for file in written] == [
            "intake.dump",
            "expertise.dump",
            "commission.dump",
            "notification.dump",
            "scoring.dump",
            "demonstration.dump",
            "vault.dump",
        ]
        restored = served.command("restore", str(tmp_path / "kept"), home=tmp_path / "anew")
        assert restored.returncode == 0, restored.stderr
        again = Served(System(tmp_path / "anew"))
        again.system.start()
        try:
            await again.system.ready()
            assert again.told("explain", NUMBER) == before
            assert again.told("clock", "show")["now"].startswith("2019-11-27")
        finally:
            again.system.kill()

    async def test_is_not_restored_over_an_installation(self, served: Served, tmp_path: Path) -> None:
        answered = served.command("restore", str(tmp_path))
        assert answered.returncode == 2
        assert "holds something already" in answered.stderr

    async def test_with_a_file_missing_leaves_nothing(self, served: Served, tmp_path: Path) -> None:
        served.command("backup", str(tmp_path / "kept"))
        (tmp_path / "kept" / "services" / "commission.dump").unlink()
        answered = served.command("restore", str(tmp_path / "kept"), home=tmp_path / "anew")
        assert (answered.returncode, "commission.dump" in answered.stderr) == (2, True)
        assert [p.name for p in tmp_path.iterdir()] == ["kept"]  # noqa: ASYNC240 - a listing

    async def test_with_a_file_cut_off_leaves_nothing(self, served: Served, tmp_path: Path) -> None:
        served.command("backup", str(tmp_path / "kept"))
        dump = tmp_path / "kept" / "services" / "notification.dump"
        dump.write_bytes(dump.read_bytes()[:2000])
        answered = served.command("restore", str(tmp_path / "kept"), home=tmp_path / "anew")
        assert answered.returncode == 2
        assert "Traceback" not in answered.stderr
        assert [p.name for p in tmp_path.iterdir()] == ["kept"]  # noqa: ASYNC240 - a listing

    async def test_whose_vault_is_too_old_is_not_restored(self, served: Served, tmp_path: Path) -> None:
        served.command("backup", str(tmp_path / "kept"))
        (tmp_path / "kept" / "vault" / "taken.json").write_text('{"at": "2019-12-02T10:00:00+00:00"}')
        answered = served.command("restore", str(tmp_path / "kept"), home=tmp_path / "anew")
        assert answered.returncode == 2
        assert "good for 30" in answered.stderr
        assert not (tmp_path / "anew").exists()


class TestWithoutAnInstallation:
    async def test_a_command_says_how_to_get_one(self, served: Served, tmp_path: Path) -> None:
        answered = served.command("explain", NUMBER, home=tmp_path / "nothing")
        assert answered.returncode == 2
        assert "reglament run" in answered.stderr
