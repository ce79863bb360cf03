"""Evaluations, as the authority or a body sees them from the command line."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reglament.asking.client import Answered, Client
from reglament.operate.asking import AsJson, ask, say

app = typer.Typer(no_args_is_help=True, help="Evaluations of managing state property.")
API = "/api/scoring/v1/evaluations"
LONG, EVERY = 3600.0, 0.5


@app.command("list")
def list_evaluations(as_json: AsJson = False) -> None:
    """All that you may see: id, period, part, stage, and the body's BIN with its name."""
    say(ask(every), as_json, lambda told: "\n".join(map(_line, told)))


async def every(client: Client) -> list[dict[str, Any]]:
    """Page after page."""
    return [told async for page in client.pages(API, limit=200) for told in page["items"]]


def _line(told: dict[str, Any]) -> str:
    return f"{told['id']}  {told['period']}  {told['part']}  {told['stage']}  {told['bin']} {told['name']['kk']}"


@app.command("import")
def import_table(
    evaluation: str,
    table: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX or CSV, as the template has it.")],
    as_json: AsJson = False,
) -> None:
    """Import a table of facts: all of it, or exit code 2 with every cell that is wrong."""
    answer = ask(lambda client: _imported(client, f"{API}/{evaluation}/imports", table), patience=LONG)
    told: dict[str, Any] = answer.json()
    if answer.is_error:
        say(told, as_json, _wrong)
        raise typer.Exit(2)
    say(told, as_json, _brought)


async def _imported(client: Client, path: str, table: Path) -> httpx.Response:
    """Sent under one key until it is taken or refused for good."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    headers = {
        "Authorization": f"Bearer {client.token}",
        "Accept-Language": client.language,
        "Idempotency-Key": str(uuid4()),
    }
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("sending", total=None)
        while True:
            answer = await _followed(client, path, table, headers, partial(progress.update, bar))
            if "Retry-After" not in answer.headers:
                return answer
            progress.update(bar, description=answer.json()["title"], total=None)
            await asyncio.sleep(float(answer.headers["Retry-After"]))


async def _followed(
    client: Client, path: str, table: Path, headers: dict[str, str], show: Callable[..., None]
) -> httpx.Response:
    """Sent once; meanwhile how far it has come is asked again and again."""
    known = {told["id"] for told in await client.get(path)}
    file = await asyncio.to_thread(_digest, table)
    with table.open("rb") as opened:
        sending = asyncio.ensure_future(client.http.post(path, headers=headers, files={"file": (table.name, opened)}))
        while not sending.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(sending), EVERY)
            with suppress(Answered):  # the bar stands still for a moment
                ours = (t for t in await client.get(path) if t["file"] == file and t["id"] not in known)
                if told := next(ours, None):
                    show(description=told["stage"], total=told["rows"] or None, completed=told["done"])
        return await sending


def _digest(table: Path) -> str:
    with table.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _brought(told: dict[str, Any]) -> str:
    size = f"{told['rows']} rows of {told['organisations']} organisations, {told['facts']} facts"
    if told["again"]:
        return f"{size}; imported before, nothing was changed"
    return f"{size}; something new of {told['new']} organisations"


def _wrong(problem: dict[str, Any]) -> str:
    return "\n".join([f"{problem['title']}. {problem.get('detail', '')}", *map(_cell, problem.get("errors") or ())])


def _cell(error: dict[str, Any]) -> str:
    place = error["pointer"].removeprefix("/file").lstrip("/") or "file"
    return f"{place}: {error['what']}. {error['how']}"
