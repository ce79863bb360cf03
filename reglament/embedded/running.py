"""`reglament run` and `reglament demo`: a home, everything in it started, and a case shown."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
from rich.console import Console

from deploy.child import StartFailed
from deploy.kafka.jars import Unavailable
from deploy.postgres.embedded import AlreadyRunning
from reglament.asking.client import Answered
from reglament.asking.connect import NotServing
from reglament.demo import evaluation
from reglament.demo.case import Worked
from reglament.demo.people import OFFICIALS, PASSWORD
from reglament.demo.play import differences, play
from reglament.demo.show import Show
from reglament.demo.worked import UnknownCase, load
from reglament.embedded.serving import Mode, serve
from reglament.foreground import NoPort, port_to_use
from reglament.keeping.home import Home, Unusable, WrongKind
from shared.calendar.rules import InvalidCalendar
from shared.environment import Unset
from shared.procedure.editions import InvalidRegulation, Published

CANNOT = (
    AlreadyRunning,
    NoPort,
    Unavailable,
    StartFailed,
    WrongKind,
    Unusable,
    UnknownCase,
    InvalidRegulation,
    InvalidCalendar,
    Answered,
    NotServing,
    Unset,
)
MODES = ("embedded", "kafka")
Shows = Callable[[str, Home], Awaitable[dict[str, Any]]]
"""Plays it at this address, for the installation in this home; gives what there is to tell."""
Compares = Callable[[dict[str, Any]], list[str]]


def run(demonstration: bool, mode: str) -> int:
    """Serve until told to stop; returns the exit code."""
    console = Console()

    async def work(url: str) -> None:
        started()
        if home.demonstration and not home.has_shown:
            await _show_case(url, home, *load("karaganda-2019/new-business-ideas", "granted"), console)
            home.note_shown()
        _say_where(console, url, home)
        await asyncio.Event().wait()

    try:
        home = Home.open(None, demonstration)
        with _starting(console) as started:
            serve(home, _mode(mode), port_to_use(), work)
    except KeyboardInterrupt:
        pass
    except CANNOT as error:
        return _cannot(error)
    console.print("Stopped.")
    return 0


def demo(procedure: str, channel: str, case: str, mode: str, as_json: bool, url: str | None = None) -> int:
    """One case or evaluation in a home of its own, or at the running installation of this home, which answers at `url`.

    Returns the exit code: 0 when all came as worked out by hand.
    """
    console = Console(stderr=as_json, quiet=as_json)
    try:
        show, compare = _chosen(procedure, channel, case, console)
        if url:
            result = asyncio.run(_there(url, Home.open(None, demonstration=True), show))
        else:
            result = _in_a_home_of_its_own(_mode(mode), show, console)
    except KeyboardInterrupt:
        return 130
    except CANNOT as error:
        return _cannot(error)
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    wrong = compare(result)
    for difference in wrong:
        sys.stderr.write(f"otherwise than worked out by hand: {difference}\n")
    return 1 if wrong else 0


def _chosen(procedure: str, channel: str, case: str, console: Console) -> tuple[Shows, Compares]:
    """How it is shown, and what in the result is otherwise than worked out by hand. Raises UnknownCase."""
    if one := evaluation.known(procedure):
        return partial(_show_evaluation, one, console), partial(evaluation.differences, one=one)
    published, worked = load(procedure, case)
    if worked.channel != channel:
        raise UnknownCase(f"the case {case} goes by the channel {worked.channel}: add --channel {worked.channel}")
    shows = partial(_show_case, published=published, worked=worked, console=console)
    return shows, partial(differences, published=published, worked=worked)


async def _there(url: str, home: Home, show: Shows) -> dict[str, Any]:
    try:
        return await show(url, home)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise NotServing(f"nobody answers at {url}: {error}") from None


def _in_a_home_of_its_own(mode: Mode, show: Shows, console: Console) -> dict[str, Any]:
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="reglament-", ignore_cleanup_errors=True) as throw_away:
        home = Home.open(Path(os.environ.get("REGLAMENT_HOME") or throw_away), demonstration=True)
        with _starting(console) as started:

            async def work(url: str) -> None:
                started()
                result.update(await show(url, home))

            serve(home, mode, port_to_use(0), work)
    return result


async def _show_evaluation(one: evaluation.Prepared, console: Console, url: str, home: Home) -> dict[str, Any]:
    result = await evaluation.play(url, home.operator_token(), one, lambda what: console.print(f"  [green]✓[/] {what}"))
    for row in result["sheet"]["rows"]:
        console.print(f"{row['number']:<4} {row['points']}/{row['max']}  {row['criterion']}", highlight=False)
    console.print(f"     {result['sheet']['total']}/{result['sheet']['max']}")
    return result


@contextmanager
def _starting(console: Console) -> Iterator[Callable[[], None]]:
    """A line that moves until everything is there; gives the function that says so."""
    status = console.status("Starting PostgreSQL and the services …")
    status.start()
    try:
        yield status.stop
    finally:
        status.stop()


async def _show_case(url: str, home: Home, published: Published, worked: Worked, console: Console) -> dict[str, Any]:
    show, last = Show(console), {}

    def seen(state: dict[str, Any]) -> None:
        last.update(state)
        show(state)
        show.open_steps(state)

    result = await play(url, home.operator_token(), published, worked, seen)
    show.end(last)
    return result


def _say_where(console: Console, url: str, home: Home) -> None:
    kind = "a demonstration installation" if home.demonstration else "an installation"
    console.print(f"\n{kind.capitalize()} serves at [bold]{url}[/]; its state is in {home.path}. Ctrl-C stops it.")
    for name in ("intake", "expertise", "commission", "notification", "cabinet", "scoring"):
        console.print(f"  {url}/api/{name}/v1/docs")
    if home.demonstration:
        console.print(f"\nLog in at {url}/api/intake/v1/sessions; everybody's password is [bold]{PASSWORD}[/]:")
        for person in OFFICIALS:
            console.print(f"  {person.number}  {', '.join(person.roles)}", highlight=False)


def _mode(mode: str) -> Mode:
    if mode not in MODES:
        raise UnknownCase(f"there is no mode {mode}; there are: {', '.join(MODES)}")
    return cast("Mode", mode)


def _cannot(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 2
