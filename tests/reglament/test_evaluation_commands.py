"""A table of facts imported from the command line into a running installation."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from reglament.asking.client import Client
from reglament.demo.evaluation import prepared
from reglament.demo.people import PASSWORD, numbered
from reglament.keeping.home import Home
from reglament.operate.evaluations import every
from tests.faults.process import System

COMMAND = Path(sys.executable).with_name("reglament")
TABLE = prepared()["evaluation-2022/state-institutions"].table
NAME = {"kk": "Басқарма", "ru": "Управление", "en": "Department"}


class Authority:
    """An evaluator who has logged in, and an evaluation that is open."""

    def __init__(self, folder: Path, evaluation: str) -> None:
        self.folder, self.evaluation = folder, evaluation

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "REGLAMENT_HOME": str(self.folder)}
        return subprocess.run([COMMAND, "evaluation", *arguments], env=environment, capture_output=True, text=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def authority(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Authority]:
    with System(tmp_path_factory.mktemp("evaluating") / "home") as system:
        await system.ready()
        async with httpx.AsyncClient(base_url=system.url, timeout=60) as http:
            operator = Client(http, Home.open(system.home).operator_token())
            body = {"bin": numbered("99014000038"), "name": NAME, "kind": "sector-body"}
            managing = (await operator.command("/api/scoring/v1/bodies", body))["id"]
            account = {
                "number": numbered("85031545001"),
                "name": "Айгүл Сәрсен",
                "password": PASSWORD,
                "language": "en",
            }
            await operator.command("/api/intake/v1/accounts", {**account, "grants": [{"role": "evaluator"}]})
            evaluator = await operator.log_in(account["number"], PASSWORD)
            asked = {"body": managing, "period": 2022, "part": "state-institutions"}
            opened = await evaluator.command("/api/scoring/v1/evaluations", asked)
        folder = tmp_path_factory.mktemp("login")
        (folder / "login.json").write_text(json.dumps({"url": system.url, "token": evaluator.token}))
        yield Authority(folder, opened["id"])


class TestImport:
    async def test_a_good_table_is_taken_whole_and_again_changes_nothing(self, authority: Authority) -> None:
        first = authority.command("import", authority.evaluation, str(TABLE), "--json")
        assert first.returncode == 0, first.stderr
        told = json.loads(first.stdout)
        assert (told["rows"], told["new"]) == (3, 3)
        again = authority.command("import", authority.evaluation, str(TABLE))
        assert (
            again.stdout == f"3 rows of 3 organisations, {told['facts']} facts; imported before, nothing was changed\n"
        )

    async def test_a_wrong_cell_is_named_and_the_exit_code_is_2(self, authority: Authority, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.csv"
        wrong.write_text(
            "bin,name,kind,region,date,reporter,source,net-result\n990140000385,A,llp,61,2022-12-31,B,register: 1,5\n"
        )
        answered = authority.command("import", authority.evaluation, str(wrong))
        # the last digit doesn't check the others: 990140000384 is the number
        assert (answered.returncode, answered.stdout.splitlines()[1].partition(":")[0]) == (2, "A2")

    async def test_the_evaluation_is_listed_with_its_body(self, authority: Authority) -> None:
        listed = authority.command("list")
        named = [numbered("99014000038"), "Басқарма"]
        assert listed.stdout.split() == [authority.evaluation, "2022", "state-institutions", "open", *named]


class TestManyEvaluations:
    async def test_are_all_listed_page_after_page(self) -> None:
        pages = {None: ("first", "2"), "2": ("second", "3"), "3": ("third", None)}

        def answer(request: httpx.Request) -> httpx.Response:
            named, after = pages[request.url.params.get("cursor")]
            return httpx.Response(200, json={"items": [{"id": named}], "next": after})

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://test") as http:
            assert [told["id"] for told in await every(Client(http, "a token"))] == ["first", "second", "third"]
