"""Evaluations, as the authority or a body sees them from the command line."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reglament.asking.client import Client
from reglament.operate.asking import AsJson, ask, say

app = typer.Typer(no_args_is_help=True, help="Evaluations of managing state property.")
API = "/api/scoring/v1/evaluations"
LONG, EVERY = 3600.0, 0.5


@app.command("list")
def list_evaluations(as_json: AsJson = False) -> None:
    found = ask(lambda client: client.get(API, limit=200))
    say(found["items"], as_json, lambda t: "\n".join(f"{e['id']}  {e['period']}  {e['part']}  {e['stage']}" for e in t))


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
    say(told, as_json, lambda t: f"{t['rows']} rows, {t['facts']} facts; {t['new']} rows said something new")


async def _imported(client: Client, path: str, table: Path) -> httpx.Response:
    """Sent once; meanwhile how far the file has been taken is asked again and again."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress, table.open("rb") as opened:
        bar = progress.add_task("checking the file …", total=None)
        headers = {
            "Authorization": f"Bearer {client.token}",
            "Accept-Language": client.language,
            "Idempotency-Key": str(uuid4()),
        }
        sending = asyncio.ensure_future(client.http.post(path, headers=headers, files={"file": (table.name, opened)}))
        before = await client.get(path)
        while not sending.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(sending), EVERY)
            newest = next((t for t in await client.get(path) if t not in before), None)
            if newest:
                progress.update(bar, description="importing", total=newest["organisations"], completed=newest["taken"])
        return await sending


def _wrong(problem: dict[str, Any]) -> str:
    return "\n".join([f"{problem['title']}. {problem.get('detail', '')}", *map(_cell, problem.get("errors") or ())])


def _cell(error: dict[str, Any]) -> str:
    place = error["pointer"].removeprefix("/file").lstrip("/") or "file"
    return f"{place}: {error['what']}. {error['how']}"
