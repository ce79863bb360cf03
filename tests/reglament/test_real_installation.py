"""A real installation: no demonstration, the machine's own clock, an act of our own in force today, first accounts by hand."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import yaml

from reglament.asking.client import Answered, Client
from reglament.demo.people import numbered
from reglament.demo.stage import Applicant
from reglament.keeping.home import Home
from shared.procedure.editions import load_all
from tests.faults.process import System

COMMAND = Path(sys.executable).with_name("reglament")
CODE = "invented-region/new-business-ideas"
PASSWORD = "a long enough password"
CLERK, EXECUTOR = numbered("85031545001"), numbered("80062230002")


def write_act(folder: Path) -> None:
    """Karaganda's procedure as another region's, in force since 2020."""
    edition = load_all()["karaganda-2019/new-business-ideas"].edition
    act = edition.act.model_dump(mode="json", by_alias=True, exclude_unset=True)
    act |= {"code": "invented-region", "in_force": {"since": "2020-01-01", "assumed": True}}
    procedure = edition.procedure.model_dump(mode="json", by_alias=True, exclude_unset=True)
    procedure["provider"] |= {"code": "invented-provider", "number_prefix": "INV"}
    folder.mkdir()
    (folder / "act.yaml").write_text(yaml.safe_dump(act, allow_unicode=True))
    (folder / "new-business-ideas.yaml").write_text(yaml.safe_dump(procedure, allow_unicode=True))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder = tmp_path_factory.mktemp("real")
    write_act(folder / "invented-region")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGLAMENT_REGULATIONS", str(folder / "invented-region"))
        Home.open(folder / "home", demonstration=False)
        with System(folder / "home", demonstration=False) as system:
            await system.ready()
            yield system


def add_account(system: System, name: str, number: str, role: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "account", "add", name, "--role", f"{role}@invented-provider", "--json"],
        input=f"{number}\n{PASSWORD}\n{PASSWORD}\n",
        env={**os.environ, "REGLAMENT_HOME": str(system.home)},
        capture_output=True,
        text=True,
    )


class TestWhenTheFirstAccountsAreMade:
    async def test_a_package_is_registered_and_admitted_today(self, real: System) -> None:
        for name, number, role in (("Clerk", CLERK, "chancellery"), ("Executor", EXECUTOR, "executor")):
            added = add_account(real, name, number, role)
            assert added.returncode == 0, added.stderr
            assert json.loads(added.stdout.splitlines()[-1])["id"]
        began = datetime.now(UTC)
        async with httpx.AsyncClient(base_url=real.url, timeout=30) as http:
            clerk, executor = [await Client(http).log_in(number, PASSWORD) for number in (CLERK, EXECUTOR)]
            applicant = Applicant.invent("real", load_all()["karaganda-2019/new-business-ideas"])
            package = {
                "procedure": CODE,
                "receipt": began.isoformat(),
                "applicant": applicant.given(),
                "project": {"title": "Наубайхана", "kind_of_activity": "Нан пісіру", "amount": "3000000.00"},
                "consent": True,
                "documents": [{"code": code, "sheets": 3} for code, _ in applicant.documents],
            }
            registered = await clerk.command("/api/intake/v1/applications", package)
            await executor.command(f"/api/intake/v1/applications/{registered['id']}/admission", {})
            shown = await executor.get(f"/api/intake/v1/applications/{registered['id']}")
            assert shown["number"].startswith(f"INV/{began.year}/")
            assert shown["custodian"] == "commission"
            assert datetime.fromisoformat(shown["registered_at"]) >= began

    async def test_its_clock_cannot_be_moved(self, real: System) -> None:
        token = Home.open(real.home).operator_token()
        async with httpx.AsyncClient(base_url=real.url, timeout=30) as http:
            with pytest.raises(Answered) as refused:
                await Client(http, token).put("/api/demonstration/v1/clock", {"now": "2030-01-01T00:00:00Z"})
        assert refused.value.status == 404

    async def test_an_act_of_2019_takes_no_application_today(self, real: System) -> None:
        assert add_account(real, "Clerk", CLERK, "chancellery").returncode == 0
        async with httpx.AsyncClient(base_url=real.url, timeout=30) as http:
            procedures = await Client(http).get("/api/intake/v1/procedures")
        in_force = {p["code"]: p["in_force"] for p in procedures}
        assert in_force[CODE] is True
        assert in_force["karaganda-2019/new-business-ideas"] is False
