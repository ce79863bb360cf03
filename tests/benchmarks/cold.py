"""From nothing to the first finished case, and what memory each process then has."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deploy.child import dies_with_parent
from tests.benchmarks.frame import Goal, Line, Report, Scale
from tests.benchmarks.postgres import home
from tests.faults.process import free_port

PATIENCE = 120.0
MEGABYTE = 1024.0
WITH_BROKER = Goal(15, 8, fewer=True)


async def measure(scale: Scale) -> Report:
    """The jars and their class archive are there; homes are new each time."""
    lines = [
        Line("`run --demo`", "s"),
        Line("`run --demo --mode kafka`", "s", WITH_BROKER),
        Line("`stack`, then `demo --url`", "s", WITH_BROKER),
    ]
    memory: dict[str, float] = {}
    for _ in range(scale.count(3, 1)):
        lines[0].subject.append((await _run(["run", "--demo"]))[0])
        took, memory = await _run(["run", "--demo", "--mode", "kafka"])
        lines[1].subject.append(took)
        took, stack = await _stack()
        lines[2].subject.append(took)
    return Report(
        "Cold start to the first finished case, with a broker; memory",
        "",
        "`reglament` in a new home: servers made and started, stores migrated, services up, the worked case `granted` done over "
        "the interface to the end, as the commands say",
        lines,
        [
            f"Proportional memory, one process for all services over Kafka: {_told(memory)}.",
            f"The stack: {_told(stack)}.",
        ],
    )


async def _run(arguments: list[str]) -> tuple[float, dict[str, float]]:
    with home() as folder:
        begun, started = time.monotonic(), await _start(arguments, folder)
        try:
            await _until(started, lambda: (folder / "shown").exists())
            return time.monotonic() - begun, _memory(_below(started.pid))
        finally:
            started.send_signal(signal.SIGTERM)
            await started.wait()


async def _stack() -> tuple[float, dict[str, float]]:
    with home() as folder:
        begun, started = time.monotonic(), await _start(["stack"], folder)
        try:
            await _until(started, lambda: (folder / "serving.json").exists())
            url = json.loads((folder / "serving.json").read_text())["url"]
            showing = await _start(["demo", "--json", "--url", url], folder)
            if await showing.wait():
                raise RuntimeError("the case didn't come to its end")
            took = time.monotonic() - begun
            told = await _start(["ps", "--json"], folder, stdout=asyncio.subprocess.PIPE)
            known = {p["pid"]: p["name"] for p in json.loads((await told.communicate())[0])}
            return took, _memory(_below(started.pid), known)
        finally:
            started.send_signal(signal.SIGTERM)
            await started.wait()


async def _start(arguments: list[str], folder: Path, **options: Any) -> asyncio.subprocess.Process:
    environment = {k: v for k, v in os.environ.items() if k != "KAFKA_BOOTSTRAP"}
    environment |= {"REGLAMENT_HOME": str(folder), "PORT": str(free_port())}
    quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL, **options}
    return await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "reglament"),
        *arguments,
        env=environment,
        preexec_fn=dies_with_parent(signal.SIGTERM),
        **quiet,
    )


async def _until(started: asyncio.subprocess.Process, holds: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            if started.returncode is not None:
                raise RuntimeError(f"it ended by itself with {started.returncode}")
            await asyncio.sleep(0.02)


def _below(pid: int) -> list[int]:
    """A process and all that it has started."""
    children = [int(c) for task in Path(f"/proc/{pid}/task").glob("*/children") for c in task.read_text().split()]
    return [pid, *(p for child in children for p in _below(child))]


def _memory(pids: Iterable[int], known: dict[int, str] | None = None) -> dict[str, float]:
    """Megabytes by name: each page shared out among those who share it."""
    used: dict[str, float] = {}
    for pid in pids:
        try:
            name = (known or {}).get(pid) or Path(f"/proc/{pid}/comm").read_text().strip()
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
        used[name] = used.get(name, 0) + kilobytes / MEGABYTE
    return used


def _told(memory: dict[str, float]) -> str:
    parts = [f"{name} {megabytes:.0f} MB" for name, megabytes in sorted(memory.items(), key=lambda m: -m[1])]
    return f"{', '.join(parts)}; {sum(memory.values()):.0f} MB in all"
