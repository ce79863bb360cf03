"""The check in a process of its own: minutes of Python, which beside requests would stand in the way of every one.

That process writes a line of JSON for each step and each problem. It ends with the one that started it, however that ends.
"""

import asyncio
import json
import logging
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from services.scoring.importing.check import Checked, Problem, check
from services.scoring.importing.wanted import Wanted
from shared.telemetry.log import failure, log

ROOT = Path(__file__).parents[3]
NICE = 10
"""Requests come first."""
MOST_MEMORY, MOST_SECONDS = 1 << 30, 1800
"""Address space and time of a processor: ten times what the largest table takes, so that no bomb takes more."""
LONGEST_LINE = 1_000_000
Heard = Callable[[int, int], Awaitable[None]]
"""Told now and then how many rows are checked and about how many there are."""


class CheckFailed(Exception):
    """The process ended without a result: our fault (then the log says where), or somebody killed it."""


async def check_apart(file: Path, period: int, into: Path, heard: Heard, wanted: Wanted | None = None) -> Checked:
    """What `check` finds. Raises CheckFailed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(file), str(period), str(into)),
        cwd=ROOT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for us
        limit=LONGEST_LINE,
    )
    try:
        assert process.stdin
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        return await _heard_out(process, heard)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _heard_out(process: Process, heard: Heard) -> Checked:
    problems: list[Problem] = []
    assert process.stdout
    async for line in process.stdout:
        match json.loads(line):
            case ["seen", done, of]:
                await heard(done, of)
            case ["wrong", *problem]:
                problems.append(Problem(*problem))
            case ["checked", rows, organisations, facts]:
                return Checked(rows, organisations, facts, tuple(problems))
            case ["failed", where]:
                log("check-failed", level=logging.ERROR, **where)
    raise CheckFailed


# -- in that process


def main(file: str, period: str, into: str) -> None:
    os.nice(NICE)
    wanted = json.loads(sys.stdin.readline() or "null")
    Thread(target=_end_with_the_other, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        theirs = Wanted(*wanted) if wanted else None
        found = check(Path(file), int(period), Path(into), lambda done, of: _tell("seen", done, of), theirs)
    except Exception as error:
        _tell("failed", failure(error))
        return
    for problem in found.problems:
        _tell("wrong", *problem)
    _tell("checked", found.rows, found.organisations, found.facts)


def _tell(*said: object) -> None:
    sys.stdout.write(json.dumps(said, default=str) + "\n")
    sys.stdout.flush()


def _end_with_the_other() -> None:
    """Nothing more is ever written to this pipe: it ends when its other end is gone."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
