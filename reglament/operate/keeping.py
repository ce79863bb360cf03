"""Which installation is spoken to, its read models built anew, its backup and what is brought back from it."""

from pathlib import Path
from typing import Annotated

import click
import typer

from reglament.asking.connect import folder, log_in
from reglament.keeping import backup as backups
from reglament.keeping import restore as restoring
from reglament.operate.asking import AsJson, ask, done, say
from shared.contracts.topics import SERVICES

app = typer.Typer(no_args_is_help=True)
Only = Annotated[str | None, typer.Option("--service", click_type=click.Choice(SERVICES), help="Only this one.")]
MISSING = """
It takes no commands: its neighbours have {missing} of its facts that the backup hadn't; `reglament verify` lists them.
Put a later backup back, or one made of the log up to the end."""


@app.command()
def rebuild(service: str, view: str, as_json: AsJson = False) -> None:
    """Build a read model anew from its service's log, beside the live one."""
    told = ask(lambda client: client.command(f"/api/{service}/v1/views/{view}/rebuild"), "Building it anew …")
    say(told, as_json, lambda t: f"{t['view']}: {t['rows']} rows")


@app.command()
def login(url: str, as_json: AsJson = False) -> None:
    """Log in at another installation, by IIN or BIN and password; later commands go there."""
    number = typer.prompt("IIN or BIN", err=True)
    done(log_in(url, number, typer.prompt("Password", hide_input=True, err=True)))
    say({"url": url}, as_json, lambda t: f"Logged in at {t['url']} until the token expires.")


@app.command()
def logout(as_json: AsJson = False) -> None:
    """Speak to this home's own installation again."""
    (folder() / "login.json").unlink(missing_ok=True)
    say({}, as_json, lambda _: "Logged out.")


@app.command()
def backup(
    to: Path,
    service: Annotated[list[str] | None, typer.Option(help="Only this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write every service's database and the vault below a folder, while the installation runs or not."""
    files = done(backups.backup(folder(), to, tuple(service or SERVICES)), "Copying, while commands wait …")
    say([str(f) for f in files], as_json, "\n".join)


@app.command()
def restore(
    source: Path,
    service: Only = None,
    as_json: AsJson = False,
) -> None:
    """Make a new installation in REGLAMENT_HOME from a backup of all services, or put one service back."""
    if service is None:
        names = done(restoring.restore_all(folder(), source), "Bringing it back …")
        return say(names, as_json, lambda t: "\n".join(f"restored {name}" for name in t))
    missing = done(restoring.restore_service(folder(), source, service), "Bringing it back …")
    told = {"restored": service, "missing": missing}
    return say(told, as_json, lambda t: f"restored {t['restored']}" + (MISSING.format(**t) if missing else ""))
