"""The check in a process of its own: minutes of Python, which beside requests would stand in the way of every one.

That process writes a line of JSON for each step and each problem. It ends with the one that started it, however that ends.
"""

import asyncio
import json
import logging
import os
import resource
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from services.scoring.importing.check import Checked, Problem, check
from services.scoring.importing.refusals import TooLargeToCheck
from services.scoring.importing.wanted import Wanted
from shared.telemetry.log import failure, log

ROOT = Path(__file__).parents[3]
NICE = 10
"""Requests come first."""
GIVEN_UP = -signal.SIGXCPU, -signal.SIGABRT
"""How the process ends where a bound stops it in the middle: of time, or of memory in code that isn't Python's."""
LONGEST_LINE = 1_000_000
Heard = Callable[[int, int], Awaitable[None]]
"""Told now and then how many rows are checked and about how many there are."""


class Most(NamedTuple):
    """What a check may take: bytes of address space, seconds of a processor."""

    memory: int
    seconds: int


MOST = Most(768 << 20, 1200)
"""About three times what the largest good tables take: a workbook of 100,000 full rows, whose texts almost fill what one may
have, took 290 MB and 200 seconds."""


class CheckFailed(Exception):
    """The process ended without a result: our fault (then the log says where), or somebody killed it."""


async def check_apart(
    file: Path, period: int, into: Path, heard: Heard, wanted: Wanted | None = None, most: Most = MOST
) -> Checked:
    """What `check` finds, or that it takes more than it may. Raises CheckFailed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(file), str(period), str(into), *map(str, most)),
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
    if await process.wait() in GIVEN_UP:
        return _given_up()
    raise CheckFailed


def _given_up() -> Checked:
    refused = TooLargeToCheck()
    return Checked(0, 0, 0, (Problem(None, None, refused.code(), refused.params),))


# -- in that process


def main(file: str, period: str, into: str, memory: str, seconds: str) -> None:
    os.nice(NICE)
    wanted = json.loads(sys.stdin.readline() or "null")
    Thread(target=_end_with_the_other, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    _, unbound = resource.getrlimit(resource.RLIMIT_CPU)  # only the soft bound can be told from a kill
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), unbound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in the table is nobody's to find on a disk
    try:
        theirs = Wanted(*wanted) if wanted else None
        found = check(Path(file), int(period), Path(into), lambda done, of: _tell("seen", done, of), theirs)
    except MemoryError:
        found = _given_up()
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
