"""`reglament stack`: an installation that was embedded goes on as many processes over Kafka."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reglament.stack.control import STATE, Row
from shared.contracts.topics import SERVICES
from tests.faults.process import COMMAND
from tests.faults.process import below as family_of
from tests.faults.stack import Stack

PATIENCE = 120
CASE = ("demo", "--json", "--outcome", "refused")
OWN_ACT = Path(__file__).parents[1] / "reglament" / "tobyl-2021"


def command(stack: Stack, *words: str) -> Any:
    """What a command of the command line prints as JSON."""
    done = subprocess.run([COMMAND, *words], env=environment(stack), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


def refused(stack: Stack, **more: str) -> tuple[int, str]:
    """Exit code and words of another start on its home."""
    again, environs = [str(COMMAND), "stack"], environment(stack, **more)
    done = subprocess.run(again, env=environs, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stderr


def environment(stack: Stack, **more: str) -> dict[str, str]:
    return {**os.environ, "REGLAMENT_HOME": str(stack.home), "PORT": str(stack.port), **more}


def wait_until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def everything_works(stack: Stack) -> bool:
    rows = stack.rows()
    return bool(rows) and all(row.ready for row in rows)


def row(stack: Stack, name: str) -> Row:
    return next(r for r in stack.rows() if r.name == name)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Its home was an embedded installation's, which has run a case; it has a region's act of its own."""
    made = Stack(tmp_path_factory.mktemp("stack") / "home", each=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGLAMENT_REGULATIONS", str(OWN_ACT))
        command(made, *CASE)
        with made:
            wait_until(lambda: everything_works(made))
            yield made


class TestWhenItServes:
    def test_each_service_has_an_interface_and_a_worker(self, stack: Stack) -> None:
        told = {(r["service"], r["role"]) for r in command(stack, "ps", "--json")}
        servers = {("front", "front"), ("postgres", "database"), ("kafka", "broker")}
        assert told == {(s, role) for s in SERVICES for role in ("api", "worker")} | servers

    def test_the_embedded_installations_case_is_there(self, stack: Stack) -> None:
        wait_until(lambda: command(stack, "watch", "KRG/2019/000001", "--json")["result"]["outcome"] == "refused")

    def test_a_case_runs_through_the_front_door_under_the_next_number(self, stack: Stack) -> None:
        result = command(stack, "demo", "--json", "--url", stack.url)
        assert result["outcome"] == "contract"
        assert result["application"]["number"] == "KRG/2019/000002"

    def test_a_case_of_the_installations_own_act_runs_to_its_end(self, stack: Stack) -> None:
        own = ("--procedure", "tobyl-2021/startups", "--case", "refused")
        assert command(stack, "demo", "--json", "--url", stack.url, *own)["outcome"] == "refused"

    def test_every_store_agrees_with_every_other(self, stack: Stack) -> None:
        assert command(stack, "verify", "--json")["clean"]

    def test_another_start_on_the_same_home_is_refused(self, stack: Stack) -> None:
        code, said = refused(stack, PORT="0")
        assert (code, "already in use" in said) == (2, True)

    def test_a_port_that_is_taken_is_refused(self, stack: Stack) -> None:
        done = subprocess.run(
            [COMMAND, "stack"], env=environment(stack), capture_output=True, text=True, timeout=PATIENCE
        )
        assert (done.returncode, "set PORT" in done.stderr) == (2, True)

    def test_no_process_is_given_another_services_secrets(self, stack: Stack) -> None:
        given = {path.name for path in (stack.home / "given" / "commission-worker-1").iterdir()}
        assert given == {
            "postgres-commission",
            "postgres-demonstration",
            "kafka-commission",
            "secret",
            "signing-key.pub",
        }


class TestWhenAProcessIsKilled:
    @pytest.mark.parametrize("name", ["notification-worker-1", "intake-api-1", "front", "postgres", "kafka-1"])
    def test_another_takes_its_place(self, stack: Stack, name: str) -> None:
        before = row(stack, name)
        assert before.pid
        os.kill(before.pid, signal.SIGKILL)
        wait_until(lambda: row(stack, name).pid not in (None, before.pid) and everything_works(stack))
        wait_until(lambda: answers(stack))


def answers(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.url}/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


class TestWhenItIsScaled:
    def test_more_processes_come_and_go_again(self, stack: Stack) -> None:
        names = {"commission-api-1", "commission-api-2"}
        command(stack, "scale", "commission", "api", "2")
        assert {r.name for r in stack.rows() if (r.service, r.role) == ("commission", "api")} == names
        second = row(stack, "commission-api-2")
        upstreams = stack.home / "upstreams" / "commission"
        assert f"http://127.0.0.1:{second.port}" in upstreams.read_text().split()
        command(stack, "scale", "commission", "api", "1")
        assert f"http://127.0.0.1:{second.port}" not in upstreams.read_text().split()
        assert second.name not in {r["name"] for r in command(stack, "ps", "--json")}

    def test_one_is_restarted_without_a_failed_request(self, stack: Stack) -> None:
        before, answered = row(stack, "intake-api-1").pid, []
        command(stack, "scale", "intake", "api", "2")
        restarting = subprocess.Popen([COMMAND, "restart", "intake-api-1"], env=environment(stack))
        while restarting.poll() is None:
            answered.append(httpx.get(f"{stack.url}/api/intake/v1/health", timeout=10).status_code)
        assert restarting.returncode == 0
        assert row(stack, "intake-api-1").pid != before
        assert set(answered) == {200}


class TestWhenItIsToldToStop:
    async def test_nothing_is_left_of_it(self, stack: Stack) -> None:
        stack.seen |= family_of(stack.process.pid)
        command(stack, "down", "--json")
        assert await stack.nothing_left() == set()
        assert stack.process.wait(PATIENCE) == 0
        assert command(stack, "ps", "--json") == []
        assert not (stack.home / "serving.json").exists()


class TestWhenItIsOnlyBeingStarted:
    async def test_it_is_told_to_stop_all_the_same(self, tmp_path: Path) -> None:
        with Stack(tmp_path / "home", each=1) as starting:
            wait_until((starting.home / STATE).exists)
            starting.seen |= family_of(starting.process.pid)
            command(starting, "down", "--json")
            assert starting.process.poll() == 0
            assert await starting.nothing_left() == set()


class TestWhenItIsARealInstallation:
    @pytest.fixture
    def real(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
        monkeypatch.setenv("DEMO", "0")
        with Stack(tmp_path / "home", each=1) as stack:
            wait_until(lambda: everything_works(stack))
            yield stack

    async def test_it_has_no_clock_to_move_and_dies_as_a_whole(self, real: Stack) -> None:
        async with httpx.AsyncClient(base_url=real.url) as http:
            assert (await http.get("/api/demonstration/v1/clock")).status_code == 404
        real.seen |= family_of(real.process.pid)
        real.process.kill()
        assert await real.nothing_left() == set()
