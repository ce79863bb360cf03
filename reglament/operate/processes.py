"""Commands for an installation of many processes on this machine."""

import time
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from reglament.asking.connect import folder
from reglament.operate.asking import AsJson, say
from reglament.stack.control import NothingRuns, Request, Row, State, ask, known, stop
from shared.contracts.topics import SERVICES

app = typer.Typer(no_args_is_help=True)
ROLES = ("api", "worker")


@app.command()
def stack(
    brokers: Annotated[int, typer.Option(help="1, or 3 of which one may be down.")] = 1,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Workers of each service.")] = 1,
    apis: Annotated[int, typer.Option(min=1, max=32, help="APIs of each service.")] = 1,
) -> None:
    """Start everything as many processes, on 127.0.0.1:8000 (PORT): a demonstration, or with DEMO=0 a real one."""
    from reglament.stack import start as stacks

    if brokers not in (1, 3):
        raise typer.BadParameter("1 or 3", param_hint="--brokers")
    counts = {f"{s}-{role}": n for s in SERVICES for role, n in zip(ROLES, (apis, workers), strict=True)}
    raise typer.Exit(stacks.stack(brokers, counts))


@app.command()
def secrets(as_json: AsJson = False) -> None:
    """Write the secrets that docker-compose.yml names below REGLAMENT_HOME (a demonstration's, or with DEMO=0 real)."""
    from reglament.stack import start as stacks

    say(str(stacks.secrets()), as_json, str)


@app.command()
def ps(as_json: AsJson = False) -> None:
    """The long-running processes of this home's stack."""
    try:
        rows = known(folder()).processes
    except NothingRuns:
        rows = []
    told = [{name: getattr(r, name) for name in ("name", "service", "role", "pid", "port", "ready")} for r in rows]
    say(told, as_json, lambda _: "\n".join(map(_line, rows)) or "Nothing runs.")


@app.command()
def down(as_json: AsJson = False) -> None:
    """Stop this home's stack, and return when nothing of it is left."""
    try:
        stop(folder())
    except NothingRuns:
        pass
    except TimeoutError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    say({}, as_json, lambda _: "Nothing runs any more.")


@app.command()
def scale(
    service: str,
    role: Annotated[str, typer.Argument(help="api or worker")],
    count: Annotated[int, typer.Argument(min=0, max=32)],
) -> None:
    """Run so many processes of a service and role; returns when they are ready and those that are too many gone."""
    if service not in SERVICES or role not in ROLES:
        raise typer.BadParameter(f"a service of {', '.join(SERVICES)} and a role of {', '.join(ROLES)}")
    _request(Request(do="scale", name=f"{service}-{role}", count=count))

    def is_so(state: State) -> bool:
        mine = [r for r in state.processes if (r.service, r.role) == (service, role)]
        return len(mine) == count and all(r.ready for r in mine)

    _wait(is_so)


@app.command()
def restart(name: str) -> None:
    """End one process without hurry and start it anew; returns when it is ready again."""
    row = next((r for r in _state().processes if r.name == name), None)
    if row is None or row.role not in (*ROLES, "front"):
        _fail(f"there is no process {name} to restart; `reglament ps` lists them")
    _request(Request(do="restart", name=name, pid=row.pid))
    _wait(lambda state: any(r.name == name and r.pid != row.pid and r.ready for r in state.processes))


def _request(request: Request) -> None:
    _state()
    ask(folder(), request)


def _wait(is_so: Callable[[State], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not is_so(_state()):
        if time.monotonic() > end:
            _fail("it isn't so yet; `reglament ps` shows what is")
        time.sleep(0.05)


def _state() -> State:
    try:
        return known(folder())
    except NothingRuns as error:
        _fail(str(error))


def _fail(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(2)


def _line(row: Row) -> str:
    where = f"  port {row.port}" if row.port else ""
    return f"{row.name:24}{row.pid or '-':>8}{where}{'' if row.ready else '  not ready'}"
