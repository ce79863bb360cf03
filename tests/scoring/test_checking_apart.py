"""The check of a table in a process of its own: what it tells, and that it never outlives who asked for it."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from services.scoring.importing import apart
from services.scoring.importing.apart import MOST, CheckFailed, Most, check_apart
from services.scoring.importing.check import organisations
from services.scoring.importing.wanted import Wanted
from shared.identity.number import check_digit
from tests.scoring.tables import BIN, OTHER, ZEROS, Import, row, text

ASKING = """
import asyncio, sys
from pathlib import Path
from services.scoring.importing.apart import check_apart

async def heard(done, of): ...

asyncio.run(check_apart(Path(sys.argv[1]), 2022, Path(sys.argv[2]), heard))
"""
PATIENCE = 30.0


async def unheard(_done: int, _of: int) -> None: ...


def children(of: int) -> list[int]:
    """Processes that this one has started and that go on."""
    found = []
    for task in Path(f"/proc/{of}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return [pid for pid in found if is_there(pid)]


def is_there(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that is never read to its beginning: whoever opens it waits."""
    os.mkfifo(tmp_path / "facts.csv")
    return tmp_path / "facts.csv"


async def begun(of: int, known: list[int]) -> int:
    async with asyncio.timeout(PATIENCE):
        while not (new := [pid for pid in children(of) if pid not in known]):
            await asyncio.sleep(0.01)
    return new[0]


async def gone(pid: int) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while is_there(pid):
                await asyncio.sleep(0.01)
    return not is_there(pid)


class TestWhatIsToldFromThere:
    async def test_is_what_the_check_finds_and_how_far_it_is(self, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []

        async def heard(done: int, of: int) -> None:
            told.append((done, of))

        file = text(tmp_path / "facts.csv", [row(solvent="", net_result="1")] + [{"bin": ""}] * 1200)
        checked = await check_apart(file, 2022, tmp_path / "rows", heard)
        assert checked == Import(file).checked
        assert [done for done, _ in told] == [500, 1000, 1202]
        assert [organisation.bin for organisation in organisations(tmp_path / "rows")] == [BIN]

    async def test_is_every_problem_with_its_place(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row(kind="?"), row(net_result="much")])
        checked = await check_apart(file, 2022, tmp_path / "rows", unheard)
        assert checked == Import(file).checked
        assert [(p.cell, p.code) for p in checked.problems] == [("C2", "unknown-word"), ("I3", "not-an-amount")]

    async def test_is_each_row_about_another_organisation(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row(), row(bin=OTHER), row(bin=ZEROS, kind="llp")])
        wanted = Wanted("state-enterprise", (BIN, ZEROS))
        checked = await check_apart(file, 2022, tmp_path / "rows", unheard, wanted)
        told = [(p.cell, p.code) for p in checked.problems]
        assert told == [("A3", "not-your-organisation"), ("C4", "other-kind-of-organisation")]

    async def test_is_our_own_failure_too(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        with caplog.at_level(logging.ERROR, logger="reglament"), pytest.raises(CheckFailed):
            await check_apart(file, 2022, tmp_path / "nowhere" / "rows", unheard)
        assert "check-failed" in caplog.messages


class TestItsEnd:
    async def test_comes_with_a_cancellation(self, endless: Path, tmp_path: Path) -> None:
        known = children(os.getpid())
        asking = asyncio.create_task(check_apart(endless, 2022, tmp_path / "rows", unheard))
        checking = await begun(os.getpid(), known)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not is_there(checking)

    async def test_comes_with_the_end_of_who_asked(self, endless: Path, tmp_path: Path) -> None:
        command = sys.executable, "-c", ASKING, str(endless), str(tmp_path / "rows")
        asking = await asyncio.create_subprocess_exec(*command, cwd=apart.ROOT)
        try:
            checking = await begun(asking.pid, [])
        finally:
            asking.kill()
            await asking.wait()
        assert await gone(checking)


class TestACheckThatTakesMoreThanItMay:
    async def told(self, file: Path, most: Most) -> list[tuple[str | None, str]]:
        checked = await check_apart(file, 2022, file.with_suffix(".kept"), unheard, most=most)
        return [(problem.cell, problem.code) for problem in checked.problems]

    async def test_of_memory_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "facts.csv").write_text("bin" + ',"a\n"' * 3_000_000)
        memory = MOST._replace(memory=150_000_000)
        assert await self.told(tmp_path / "facts.csv", memory) == [(None, "too-large-to-check")]

    async def test_of_time_is_refused(self, tmp_path: Path) -> None:
        elevens = (f"99024{n:06}" for n in range(150_000))
        rows = [row(bin=f"{eleven}{digit}") for eleven in elevens if (digit := check_digit(eleven)) is not None]
        file = text(tmp_path / "facts.csv", rows)
        assert await self.told(file, MOST._replace(seconds=1)) == [(None, "too-large-to-check")]

    async def test_of_memory_in_code_that_isnt_pythons_is_refused(self, endless: Path) -> None:
        known = children(os.getpid())
        checking = asyncio.create_task(self.told(endless, MOST))
        os.kill(await begun(os.getpid(), known), signal.SIGABRT)
        assert await checking == [(None, "too-large-to-check")]

    async def test_is_our_failure_when_somebody_kills_it(self, endless: Path) -> None:
        known = children(os.getpid())
        checking = asyncio.create_task(self.told(endless, MOST))
        os.kill(await begun(os.getpid(), known), signal.SIGKILL)
        with pytest.raises(CheckFailed):
            await checking
