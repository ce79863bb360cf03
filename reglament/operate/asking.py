"""How an operator's command asks an installation, and says what it was answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Annotated, Any, TypeVar

import httpx
import typer
from rich.console import Console
from websockets.exceptions import ConnectionClosed

from deploy.child import StartFailed
from deploy.postgres.embedded import AlreadyRunning
from reglament.asking.client import Answered, Client
from reglament.asking.connect import PATIENCE, NotServing, UnknownNumber, connected
from reglament.keeping.backup import CannotRestore
from reglament.keeping.home import Unusable

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
CANNOT = (
    NotServing,
    UnknownNumber,
    Answered,
    CannotRestore,
    AlreadyRunning,
    StartFailed,
    ConnectionClosed,
    Unusable,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
)
T = TypeVar("T")


def done(work: Awaitable[T], waiting_for: str = "") -> T:
    """Wait for it, under a line that moves where it takes long; what can't be done is said in a line, exit code 2."""

    async def wait() -> T:
        return await work

    try:
        with Console(stderr=True).status(waiting_for) if waiting_for else nullcontext():
            return asyncio.run(wait())
    except CANNOT as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def ask(request: Callable[[Client], Awaitable[T]], waiting_for: str = "", patience: float = PATIENCE) -> T:
    """`patience`: seconds for each answer."""

    async def asked() -> T:
        async with connected(patience) as client:
            return await request(client)

    return done(asked(), waiting_for)


def say(told: Any, as_json: bool, text: Callable[[Any], str]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else text(told))


def indented(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)
