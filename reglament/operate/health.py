"""Whether an installation is whole, and what in it waits."""

import json
from typing import Annotated, Any

import typer

from reglament.asking import stuck as waiting
from reglament.asking.client import Client
from reglament.asking.verify import PATIENCE, Difference, Verification
from reglament.operate.asking import AsJson, ask, say
from shared.kernel.checks.difference import LONGEST

app = typer.Typer(no_args_is_help=True)
DIFFERS = 1


@app.command()
def verify(
    patience: Annotated[float, typer.Option(help="Seconds that facts on their way are waited for.")] = PATIENCE,
    as_json: AsJson = False,
) -> None:
    """Whether streams are whole, copies the same, reactions done once and read models right. Exit 1: something isn't."""

    def seen(wrong: Difference) -> None:
        if not as_json:
            typer.echo("{service}  {check}  {subject}  {what}".format(**wrong))

    async def verified(client: Client) -> dict[str, Any]:
        return await Verification(client, seen, patience).run()

    told = ask(verified, "Looking through every log …", LONGEST)
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _summary(told))
    if not told["clean"]:
        raise typer.Exit(DIFFERS)


@app.command()
def stuck(as_json: AsJson = False) -> None:
    """What waits for a fact on its way, a parked one or a lagging service, and who holds the oldest transaction."""
    say(ask(waiting.stuck, patience=LONGEST), as_json, lambda told: "\n".join(waiting.lines(told)))


def _summary(told: dict[str, Any]) -> str:
    facts = ", ".join(f"{count} of {service}" for service, count in told["facts"].items())
    return f"{len(told['differences'])} differences; public facts compared: {facts}"
