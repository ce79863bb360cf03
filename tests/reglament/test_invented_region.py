"""A region that nobody here has seen: written as data into a folder of its own, and run without a changed line of code.

Its executor registers, the institute is asked before the head checks, a call closes, the notice and the result go side by
side and the issue waits for both.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "from reglament.cli import main; main()"
PROCEDURE = "tobyl-2021/startups"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an operator put the region's data, beside nothing of ours."""
    return Path(shutil.copytree(Path(__file__).parent / "tobyl-2021", tmp_path / "regulations" / "tobyl"))


def reglament(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = folder.parent.parent / "home"
    known = {**os.environ, "REGLAMENT_REGULATIONS": str(folder.parent), "REGLAMENT_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], env=known, capture_output=True, text=True, timeout=200, check=False
    )


class TestAnInventedRegion:
    @pytest.mark.parametrize(
        ("case", "ends"), [("granted", "extract"), ("refused", "refused"), ("corrected", "refused")]
    )
    def test_runs_through_the_interface_to_the_end_worked_by_hand(self, folder: Path, case: str, ends: str) -> None:
        told = reglament(folder, "demo", "--json", "--procedure", PROCEDURE, "--case", case)
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stdout.splitlines()[-1])["outcome"] == ends

    def test_grants_a_withdrawal_when_the_case_has_come_back_to_the_counter(self, folder: Path) -> None:
        told = reglament(folder, "demo", "--json", "--procedure", PROCEDURE, "--case", "withdrawn")
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stdout.splitlines()[-1])["outcome"] == "withdrawn"

    def test_runs_when_its_head_names_an_executor_and_checks_by_himself(self, folder: Path) -> None:
        said, case = folder / "startups.yaml", folder / "cases/startups/granted.yaml"
        sending = "- {kind: send, role: executor, after: [register]}"
        assigned = (
            "- {kind: assign, role: head, after: [register]}\n      - {kind: send, role: executor, after: [assign]}"
        )
        said.write_text(said.read_text().replace(sending, assigned))
        assigning = '  - {do: assign, at: "2021-02-01 11:00"}\n'
        before, send, after = case.read_text().partition("  - {do: send")
        case.write_text(before + assigning + send + after)
        told = reglament(folder, "demo", "--json", "--procedure", PROCEDURE, "--outcome", "granted")
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stdout.splitlines()[-1])["outcome"] == "extract"

    def test_is_linted_and_listed_with_the_products_procedures(self, folder: Path) -> None:
        assert reglament(folder, "lint", str(folder)).returncode == 0
        listed = json.loads(reglament(folder, "procedures", "list", "--json").stdout)
        assert PROCEDURE in {p["code"] for p in listed}
        assert len(listed) == 9

    def test_with_a_word_that_the_format_does_not_know_is_refused_before_anything_starts(self, folder: Path) -> None:
        path = folder / "startups.yaml"
        path.write_text(path.read_text().replace("channels:", "chanels:"))
        told = reglament(folder, "demo", "--json", "--procedure", PROCEDURE)
        assert told.returncode != 0
        assert "startups.yaml" in told.stderr
        assert "chanels" in told.stderr
        assert "Traceback" not in told.stderr

    def test_with_a_case_that_goes_by_the_portal_it_is_said_how_to_run_it(self, folder: Path) -> None:
        case = folder / "cases/startups/granted.yaml"
        case.write_text(case.read_text().replace("channel: paper", "channel: portal"))
        told = reglament(folder, "demo", "--procedure", PROCEDURE, "--case", "granted")
        said = "the case granted goes by the channel portal: add --channel portal\n"
        assert (told.returncode, told.stderr) == (2, said)
