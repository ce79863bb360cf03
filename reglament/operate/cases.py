"""One case: its history, its live cabinet, how its facts led to one another."""

import json
from typing import Any

import typer
from rich.console import Console

from reglament.asking import explain, watch
from reglament.asking import trace as traces
from reglament.demo.show import Show
from reglament.operate.asking import AsJson, ask, done

app = typer.Typer(no_args_is_help=True)


@app.command("explain")
def explain_case(number: str, as_json: AsJson = False) -> None:
    """A case's history: each fact with its paragraph, deadline, and what it rests on."""
    told = done(explain.history(number))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        explain.show(told, Console())


@app.command("watch")
def watch_case(number: str, as_json: AsJson = False) -> None:
    """The live cabinet of a case, until it ends or Ctrl-C."""
    show = Show(Console())

    def seen(state: dict[str, Any]) -> None:
        if as_json:
            typer.echo(json.dumps(state, ensure_ascii=False))
        else:
            show(state)
            show.open_steps(state)

    done(watch.watch(number, seen))


@app.command()
def trace(number: str, as_json: AsJson = False) -> None:
    """A case's facts as a tree by cause, with service, recorded time and trace ids."""
    told = ask(lambda client: traces.trace(client, number))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        traces.show(told, Console())
